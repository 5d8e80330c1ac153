using JasperFx.Core;
using Microsoft.Extensions.DependencyInjection;
using Wolverine.ErrorHandling;
using Wolverine.Runtime;
using Wolverine.Runtime.Handlers;

namespace Zaqar.Infrastructure.Delivery;

/// <summary>Runs a subscriber's lane until nothing is due in it. The word stays in the inbox meanwhile, so another node takes it up after a crash.</summary>
/// <remarks>Registered ready-made, because generating its call at start would take a compiler along.</remarks>
internal sealed class DeliverHandler : MessageHandler<Deliver>
{
    protected override Task HandleAsync(Deliver message, MessageContext context, CancellationToken cancellation) =>
        context.Runtime.Services.GetRequiredService<Lanes>().Run(message, context, cancellation);

    // Whatever a subscriber does is an outcome, so what fails here is the machinery: it is tried until it works, and never given up.
    public override void ConfigureChain(HandlerChain chain) =>
        chain.OnAnyException().ScheduleRetryIndefinitely(1.Seconds(), 2.Seconds(), 5.Seconds());
}
