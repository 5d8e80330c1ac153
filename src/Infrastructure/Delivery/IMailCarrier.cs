namespace Zaqar.Infrastructure.Delivery;

/// <summary>Hands mails over to whoever sends them on.</summary>
internal interface IMailCarrier
{
    /// <summary>Hands over one mail, within the set time-out.</summary>
    /// <returns>Delivered means that somebody else is answerable for it now, not that it has been read.</returns>
    /// <exception cref="OperationCanceledException">As <see cref="IDriver.Send"/>.</exception>
    Task<Outcome> Carry(Mail mail, CancellationToken ct);
}
