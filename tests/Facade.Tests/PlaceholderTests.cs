// Holds the place of the facade's tests until the first of them is here.
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class PlaceholderTests
{
    [Test]
    public void The_facade_has_the_name_of_the_core() => Assert.That(Placeholder.Name, Is.EqualTo("Idempotency"));
}
