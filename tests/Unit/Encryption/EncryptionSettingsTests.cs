using System.Security.Cryptography;
using System.Text;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Xunit;
using Zaqar.Api.Settings;
using Zaqar.Infrastructure.Encryption;

namespace Zaqar.Unit.Encryption;

public class EncryptionSettingsTests
{
    private const string Text = "a long and random text";

    private static readonly string _key = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))]);
    private static readonly string _other = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)(i * 5))]);

    // As sha256sum tells it.
    private static readonly string _embedded =
        $"embedded-{Convert.ToHexStringLower(SHA256.HashData([.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))]))[..8]}";

    [Fact]
    public void without_any_key_nothing_is_encrypted() => Read().CanSeal.Should().BeFalse();

    [Theory, InlineData(""), InlineData("AES256"), InlineData("aes256")]
    public void the_only_algorithm_may_be_named(string algorithm) =>
        Read(("Transport:MessageEncryptionAlgorithms", algorithm)).CanSeal.Should().BeFalse();

    [Theory, InlineData("RSA"), InlineData("rsa"), InlineData("AES128")]
    public void another_algorithm_is_refused(string algorithm) =>
        Refusal(("Transport:MessageEncryptionAlgorithms", algorithm)).Should().Contain("MessageEncryptionAlgorithms").And.Contain("AES256");

    [Fact]
    public void one_key_encrypts_by_itself()
    {
        var ring = Read(("Encryption:Keys:Main", _key));

        (ring.ActiveKey, ring.CanSeal).Should().Be(("main", true), "settings know no difference of case");
    }

    [Fact]
    public void of_several_keys_one_is_named()
    {
        Refusal(("Encryption:Keys:a", _key), ("Encryption:Keys:b", _other)).Should().Contain("ActiveKey").And.Contain("a, b");

        var ring = Read(("Encryption:Keys:a", _key), ("Encryption:Keys:b", _other), ("Encryption:ActiveKey", "B"));

        ring.ActiveKey.Should().Be("b");
        ring.Ids.Should().BeEquivalentTo("a", "b");
    }

    [Fact]
    public void the_active_key_is_there() =>
        Refusal(("Encryption:Keys:a", _key), ("Encryption:ActiveKey", "b")).Should().Contain("ActiveKey").And.Contain("\"b\"");

    [Fact]
    public void the_originals_key_is_the_sha_256_of_its_text()
    {
        var ring = Read(("Transport:MessageEncryptionKey", Text));
        var same = new KeyRing(new Dictionary<string, byte[]> { ["message_encryption_key"] = SHA256.HashData(Encoding.UTF8.GetBytes(Text)) }, "message_encryption_key");

        ring.ActiveKey.Should().Be("message_encryption_key");
        ring.Open(same.Seal("x"u8, default), default).Should().Equal("x"u8.ToArray());
    }

    [Fact]
    public void secrets_are_the_same_by_ids()
    {
        var ring = Read(("Encryption:Secrets:old", Text), ("Encryption:Keys:new", _key), ("Encryption:ActiveKey", "new"));

        ring.Ids.Should().BeEquivalentTo("old", "new");
    }

    [Theory, InlineData("AES256"), InlineData("aes256"), InlineData(" AES256 "), InlineData("   "), InlineData("too short"), InlineData("aaaaaaaaaaaaaaaaaaaaaaaa")]
    public void a_text_that_can_be_guessed_is_refused(string text)
    {
        Refusal(("Transport:MessageEncryptionKey", text)).Should().Contain("Zaqar:Transport:MessageEncryptionKey");
        Refusal(("Encryption:Secrets:s", text)).Should().Contain("Zaqar:Encryption:Secrets:s");
    }

    [Theory, InlineData(""), InlineData("AES256"), InlineData("not base64!"), InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("c2l4dGVlbiBieXRlcyEhIQ=="), InlineData("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB")]
    public void a_key_that_is_none_or_can_be_guessed_is_refused(string key) =>
        Refusal(("Encryption:Keys:main", key)).Should().Contain("Zaqar:Encryption:Keys:main");

    [Fact]
    public void the_originals_default_is_refused_as_a_key_too() =>
        Refusal(("Encryption:Keys:main", Convert.ToBase64String(SHA256.HashData("AES256"u8)))).Should().Contain("guessed");

    [Theory, InlineData("with space"), InlineData("é"), InlineData("a23456789012345678901234567890123")]
    public void an_id_that_messages_cannot_carry_is_refused(string id) => Refusal(($"Encryption:Keys:{id}", _key)).Should().Contain("id");

    [Fact]
    public void one_id_is_one_key() =>
        Refusal(("Encryption:Keys:a", _key), ("Encryption:Secrets:A", Text)).Should().Contain("another key with the id a");

    [Fact]
    public void a_key_without_an_id_is_refused() => Refusal(("Encryption:Keys", _key)).Should().Contain("Zaqar:Encryption:Keys:ID");

    [Fact]
    public void no_refusal_shows_a_key()
    {
        var half = _key[..40];
        (string, string)[][] wrong =
        [
            [("Encryption:Keys:a", half)], [("Encryption:Keys", _key)], [("Encryption:Keys:a b", _key)], [("Encryption:Keys:a", _key), ("Encryption:Keys:b", _other)],
            [("Encryption:Secrets:a", "shown?")], [("Encryption:Secrets", Text)], [("Encryption:Keys:a", _key), ("Encryption:ActiveKey", "x")],
            [("Encryption:Keys:a", _key), ("Transport:MessageEncryptionAlgorithms", "RSA")],
        ];

        foreach (var settings in wrong)
            Refusal(settings).Should().NotContain(half).And.NotContain(Text).And.NotContain("shown?");
    }

    [Fact]
    public void the_key_of_an_embedded_database_encrypts_until_the_operator_names_one()
    {
        var configuration = Settings();
        EncryptionSettings.Embed(configuration, _key);
        SettingsReader.ReadEncryption(configuration).ActiveKey.Should().Be(_embedded);

        configuration = Settings(("Encryption:Keys:mine", _other));
        EncryptionSettings.Embed(configuration, _key);
        var ring = SettingsReader.ReadEncryption(configuration);
        ring.ActiveKey.Should().Be("mine");
        ring.Ids.Should().BeEquivalentTo("mine", _embedded);

        configuration = Settings();
        EncryptionSettings.Embed(configuration, null);
        SettingsReader.ReadEncryption(configuration).CanSeal.Should().BeFalse();
    }

    [Fact]
    public void a_text_that_the_operator_names_encrypts_in_place_of_the_embedded_key()
    {
        var configuration = Settings(("Encryption:Secrets:mine", Text));
        EncryptionSettings.Embed(configuration, _key);

        var ring = SettingsReader.ReadEncryption(configuration);

        ring.ActiveKey.Should().Be("mine");
        ring.Ids.Should().BeEquivalentTo("mine", _embedded);
    }

    [Theory, InlineData("Keys"), InlineData("Secrets")]
    public void what_the_operator_sets_by_the_id_of_the_embedded_key_stays(string section)
    {
        var value = section == "Keys" ? _key : Text;
        var configuration = Settings(($"Encryption:{section}:{_embedded.ToUpperInvariant()}", value));
        EncryptionSettings.Embed(configuration, _key);

        var ring = SettingsReader.ReadEncryption(configuration);

        ring.Ids.Should().Equal(_embedded);
        configuration[$"Zaqar:Encryption:{section}:{_embedded}"].Should().Be(value);
    }

    [Fact]
    public void the_key_of_another_embedded_database_stands_beside_this_ones()
    {
        var another = Settings();
        EncryptionSettings.Embed(another, _other);
        var ofAnother = SettingsReader.ReadEncryption(another);
        var configuration = Settings(($"Encryption:Keys:{ofAnother.ActiveKey}", _other));
        EncryptionSettings.Embed(configuration, _key);

        var ring = SettingsReader.ReadEncryption(configuration);

        ring.Ids.Should().BeEquivalentTo(_embedded, ofAnother.ActiveKey);
        ring.Open(ofAnother.Seal("x"u8, default), default).Should().Equal("x"u8.ToArray());
    }

    private static KeyRing Read(params (string Name, string Value)[] settings) => SettingsReader.ReadEncryption(Settings(settings));

    private static string Refusal(params (string Name, string Value)[] settings) =>
        FluentActions.Invoking(() => Read(settings)).Should().Throw<SettingInvalidException>().Which.Message;

    private static IConfigurationRoot Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(one => $"Zaqar:{one.Name}", one => (string?)one.Value)).Build();
}
