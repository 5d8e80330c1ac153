using CsCheck;
using Xunit;

namespace Zaqar.Unit.Model;

public class QueueModelTests
{
    /// <summary>A failure prints the shortest run found and its seed; <c>CsCheck_Seed</c> repeats it, <c>CsCheck_Iter</c> tries more.</summary>
    [Fact]
    public Task whatever_is_asked_in_whatever_order_the_domain_answers_as_the_contract_says() =>
        QueueCommand.Runs(longest: 60, nudge: TimeSpan.FromMilliseconds(1)).SampleAsync(
            async commands =>
            {
                var domain = new DomainQueues(segmentLength: 5);
                await new ModelRun(domain, domain.Sweep).Run(commands);
                domain.CheckReplay();
            },
            iter: 1_000,
            print: commands => string.Join('\n', commands));
}
