using Zaqar.Domain;
using Zaqar.Domain.Messages;

namespace Zaqar.Application.Encryption;

/// <summary>A message is stored sealed, and this node has no key that opens it. It stays where it is.</summary>
public sealed class MessageUnreadable(MessageId id)
    : RejectedException(ErrorKind.Unavailable, $"Message {id} cannot be decrypted at present.");

/// <summary>A queue encrypts its messages, and this node has no key to do it with.</summary>
public sealed class NothingToSealWith()
    : RejectedException(ErrorKind.Unavailable, "This queue encrypts its messages, and the service has no key at present.");
