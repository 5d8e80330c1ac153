using FluentAssertions;
using Xunit;
using Zaqar.Infrastructure.Postgres;
using Zaqar.Integration.Postgres;

namespace Zaqar.Integration.Crashes;

/// <summary>The service as a process of its own over a server of its own, under load, when one of them ends.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private EmbeddedPostgres _database = null!;
    private ServiceProcess _service = null!;
    private Traffic _traffic = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.OwnServer();
        _service = await ServiceProcess.Start(_database.ConnectionString);
        _traffic = Traffic.Against(_service.Address);
    }

    public async Task DisposeAsync()
    {
        if (_traffic is not null)
            await _traffic.DisposeAsync();
        if (_service is not null)
            await _service.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Fact]
    public async Task killing_the_service_under_load_loses_no_acknowledged_message_and_doubles_no_claim()
    {
        for (var kill = 0; kill < 3; kill++)
        {
            await _traffic.Flows();
            await _service.Kill();
            await Restart();
        }

        await _traffic.Flows();
        var left = await _traffic.Drain();

        _traffic.Ledger.Balance(left);
        _traffic.Ledger.Unanswered.Should().BePositive("the kills came under load");
    }

    [Fact]
    public async Task an_immediate_stop_of_postgresql_under_load_loses_no_acknowledged_message_and_doubles_no_claim()
    {
        for (var stop = 0; stop < 2; stop++)
        {
            await _traffic.Flows();
            var refused = _traffic.Ledger.Unavailable;
            await _database.StopImmediately();

            await _traffic.Until(() => _traffic.Ledger.Unavailable > refused + 10, "requests are answered 503");
            (await _traffic.Probe("ready")).Should().Be(503);
            (await _traffic.Probe("live")).Should().Be(200);
            await _database.Start();
        }

        await _traffic.Flows();
        var left = await _traffic.Drain();

        _service.HasExited.Should().BeFalse(_service.Log);
        (await _traffic.Probe("ready")).Should().Be(200);
        _traffic.Ledger.Balance(left);
        _traffic.Ledger.Unanswered.Should().Be(0, "the service answers whatever becomes of the server");
        _traffic.Ledger.Slowest.Should().BeLessThan(TimeSpan.FromSeconds(30), "no command may take longer");
    }

    [Fact]
    public async Task a_stop_under_load_answers_what_was_begun_and_ends_in_time()
    {
        await _traffic.Flows();
        var waiting = Enumerable.Range(0, 4).Select(_ => _traffic.WaitInVain()).ToArray();
        await _traffic.Flows();

        var (exitCode, took) = await _service.Stop();

        exitCode.Should().Be(0, _service.Log);
        took.Should().BeLessThan(TimeSpan.FromSeconds(15));
        (await Task.WhenAll(waiting)).Should().AllBeEquivalentTo(204);
        _traffic.Ledger.Unavailable.Should().Be(0, "what was begun is finished");

        await Restart();
        await _traffic.Flows();
        var left = await _traffic.Drain();

        _traffic.Ledger.Balance(left);
        _traffic.Ledger.NothingIsInDoubt(left);
    }

    private async Task Restart()
    {
        await _service.DisposeAsync();
        _service = await ServiceProcess.Start(_database.ConnectionString);
        _traffic.MoveTo(_service.Address);
    }
}
