using FluentAssertions;
using Microsoft.Playwright;
using Xunit;
using Zaqar.Domain.Queues;

namespace Zaqar.Integration.Confirmation;

/// <summary>A person opens the link of a confirmation mail.</summary>
public sealed class ConfirmingInABrowserTests(ConfirmationService service) : IClassFixture<ConfirmationService>
{
    private readonly QueueId _queue = new($"<b>project</b> {Guid.NewGuid():N}", "orders.2");

    [BrowserFact]
    public async Task opening_the_link_confirms_nothing_and_the_button_does()
    {
        var subscription = await service.Subscribe(_queue);
        await using var browser = await Browser.Start();
        var page = browser.Page;

        await page.GotoAsync(service.Link(_queue, subscription).ToString());

        (await page.InnerTextAsync("body")).Should().Contain($"queue orders.2 of project {_queue.Project}");
        (await service.IsConfirmed(_queue, subscription)).Should().BeFalse();

        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm", Exact = true }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Subscription confirmed");
        (await page.InnerTextAsync("body")).Should().Contain("orders.2");
        (await service.IsConfirmed(_queue, subscription)).Should().BeTrue();
        new Uri(page.Url).Query.Should().BeEmpty("the signature is not for the address bar of the answer");
        browser.Complaints.Should().BeEmpty();
    }

    [BrowserFact]
    public async Task the_other_button_unsubscribes()
    {
        var subscription = await service.Subscribe(_queue);
        await using var browser = await Browser.Start();
        var page = browser.Page;

        await page.GotoAsync(service.Link(_queue, subscription).ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Unsubscribe" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Unsubscribed");
        (await service.IsConfirmed(_queue, subscription)).Should().BeFalse();
    }

    [BrowserFact]
    public async Task a_link_that_is_over_says_so_and_the_style_is_let_through()
    {
        await using var browser = await Browser.Start();
        var page = browser.Page;

        var answer = await page.GotoAsync(service.Link(_queue, Guid.CreateVersion7(), new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)).ToString());

        answer!.Status.Should().Be(404);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("This link is not valid");
        (await page.GetByRole(AriaRole.Button).CountAsync()).Should().Be(0);
        (await page.EvaluateAsync<string>("getComputedStyle(document.body).maxWidth")).Should().NotBe("none");
    }

    /// <summary>Chromium with one page open, and what it had to complain of.</summary>
    private sealed class Browser(IPlaywright playwright, IBrowser browser, IPage page) : IAsyncDisposable
    {
        public IPage Page { get; } = page;

        /// <summary>Broken policies and failed scripts.</summary>
        public List<string> Complaints { get; } = [];

        public static async Task<Browser> Start()
        {
            var playwright = await Playwright.CreateAsync();

            // Its sandbox refuses to run as root; the one page that it shows is ours.
            var chromium = await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = BrowserFactAttribute.Chromium, Headless = true, Args = ["--no-sandbox"] });
            var started = new Browser(playwright, chromium, await chromium.NewPageAsync());
            started.Page.Console += (_, message) => started.Note(message);
            started.Page.PageError += (_, error) => started.Complaints.Add(error);
            return started;
        }

        public async ValueTask DisposeAsync()
        {
            await browser.DisposeAsync();
            playwright.Dispose();
        }

        private void Note(IConsoleMessage message)
        {
            if (message.Type is "error" or "warning")
                Complaints.Add(message.Text);
        }
    }
}
