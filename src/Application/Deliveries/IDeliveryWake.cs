namespace Zaqar.Application.Deliveries;

/// <summary>Tells whoever delivers to a subscription that something is due sooner than it was told before.</summary>
public interface IDeliveryWake
{
    /// <remarks>A hint: what is due is in the table, so a lost one delays a delivery and loses none.</remarks>
    ValueTask Wake(string project, Guid subscription);
}
