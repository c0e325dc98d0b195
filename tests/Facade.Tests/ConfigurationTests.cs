// Options from configuration: by the names of the properties, and strictly.
using System.Globalization;
using System.Reflection;
using Idempotency;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Facade.Tests;

public class ConfigurationTests : OnManualTime
{
    /// <summary>The options that text can tell.</summary>
    private static IEnumerable<PropertyInfo> Settable =>
        from property in typeof(IdempotencyOptions).GetProperties()
        where property.CanWrite
        let type = property.PropertyType
        where type == typeof(TimeSpan) || type == typeof(bool) || type == typeof(int) || type == typeof(string) || type.IsEnum
        select property;

    private static IConfigurationSection Section(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(one => $"Idempotency:{one.Name}", one => one.Value))
            .Build()
            .GetSection("Idempotency");

    private static IConfigurationSection Everything =>
        Section([.. Settable.Select(property => (property.Name, (string?)Another(property).Text))]);

    [Test]
    public void Every_option_that_text_can_tell_is_read_by_its_name()
    {
        var options = new IdempotencyOptions();

        options.Read(Everything);

        Assert.Multiple(() =>
        {
            foreach (PropertyInfo property in Settable)
            {
                Assert.That(property.GetValue(options), Is.EqualTo(Another(property).Value), property.Name);
            }
        });
        Assert.That(Settable.Count(), Is.GreaterThan(20));
    }

    [Test]
    public void The_binder_of_the_framework_reads_them_too()
    {
        using ServiceProvider provider = new ServiceCollection()
            .AddIdempotency(Store)
            .Configure<IdempotencyOptions>(Everything)
            .BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<IdempotencyOptions>>();

        Assert.Multiple(() =>
        {
            foreach (PropertyInfo property in Settable)
            {
                Assert.That(property.GetValue(options.Value), Is.EqualTo(Another(property).Value), property.Name);
            }
        });
    }

    [Test]
    public void What_a_section_does_not_have_is_left_as_it_is()
    {
        var options = new IdempotencyOptions { Scope = "eu" };

        options.Read(Section(("renew", "TRUE"), ("Lease", "00:02:00")));
        options.Read(Section());

        Assert.That((options.Scope, options.Renew, options.Lease), Is.EqualTo(("eu", true, 2 * Minute)));
        Assert.That(options.Expiry, Is.EqualTo(60 * Minute));
    }

    [TestCase("Leese", "00:01:00", "Idempotency:Leese is no option; those there are: Lease, Expiry, ")]
    [TestCase("Lease", "120", "Idempotency:Lease is '120', but must be a length of time, [days.]hours:minutes:seconds")]
    [TestCase("Lease", "soon", "Idempotency:Lease is 'soon', but must be a length of time")]
    [TestCase("Renew", "1", "Idempotency:Renew is '1', but must be true or false")]
    [TestCase("CompletionResends", "2.5", "Idempotency:CompletionResends is '2.5', but must be a whole number")]
    [TestCase("InProgress", "Queue", "Idempotency:InProgress is 'Queue', but must be one of Reject, Wait")]
    [TestCase("InProgress", "1", "Idempotency:InProgress is '1', but must be one of Reject, Wait")]
    [TestCase("Lease:Seconds", "1", "Idempotency:Lease must be a single value")]
    public void What_does_not_fit_is_refused_by_name(string name, string value, string problem) =>
        Assert.That(
            () => new IdempotencyOptions().Read(Section((name, value))),
            Throws.ArgumentException.With.Message.Contains(problem));

    [Test]
    public void All_that_does_not_fit_is_told_at_once() =>
        Assert.That(
            () => new IdempotencyOptions().Read(Section(("Lease", "x"), ("Renew", "y"))),
            Throws.ArgumentException.With.Message.Contains("Idempotency:Lease").And.Message.Contains("Idempotency:Renew"));

    [Test]
    public void A_host_does_not_start_with_settings_that_do_not_fit()
    {
        using ServiceProvider provider = new ServiceCollection()
            .AddIdempotency(Store, options => options.Read(Section(("Leese", "00:01:00"))))
            .BuildServiceProvider();

        Assert.That(
            provider.GetRequiredService<IStartupValidator>().Validate,
            Throws.ArgumentException.With.Message.Contains("Idempotency:Leese"));
    }

    /// <summary>A value that is not the default, and how it is written.</summary>
    private static (object Value, string Text) Another(PropertyInfo property)
    {
        object? standard = property.GetValue(new IdempotencyOptions());
        return standard switch
        {
            TimeSpan span => (span + Second, (span + Second).ToString("c", CultureInfo.InvariantCulture)),
            bool yes => (!yes, (!yes).ToString()),
            int number => (number + 1, $"{number + 1}"),
            Enum => (Enum.ToObject(property.PropertyType, 1), Enum.GetName(property.PropertyType, 1)!),
            _ => ("SHA-512", "SHA-512"),
        };
    }
}
