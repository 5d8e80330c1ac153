using FluentAssertions;
using Xunit;
using Zaqar.Domain;

namespace Zaqar.Unit.Architecture;

public class DomainReferencesTests
{
    [Fact]
    public void the_domain_references_only_the_base_library()
    {
        var library = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

        typeof(Limits).Assembly.GetReferencedAssemblies()
            .Where(reference => !File.Exists(Path.Combine(library, reference.Name + ".dll")))
            .Should().BeEmpty();
    }

    [Fact]
    public void events_are_sealed_records_whose_fields_cannot_be_set_again()
    {
        var events = typeof(Limits).Assembly.GetExportedTypes().Where(type => type.GetMethod("<Clone>$") is not null && type.Namespace != null);

        events.SelectMany(type => type.GetProperties())
            .Where(property => property.SetMethod is { IsPublic: true } setter &&
                !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)))
            .Should().BeEmpty();
    }
}
