// The options of an operation start as those of its handler, and both are read once.
using System.Reflection;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class OptionsInheritanceTests : OnManualTime
{
    private static IEnumerable<PropertyInfo> Settable =>
        typeof(PolicyOptions).GetProperties().Where(property => property.CanWrite);

    [Test]
    public void Every_option_of_an_operation_starts_as_that_of_its_handler()
    {
        OperationOptions<Order>? seen = null;
        IdempotencyHandler handler = Handler(ChangeAll);

        handler.Operation<Order, Receipt>("charge", options => seen = options);

        Assert.Multiple(() =>
        {
            var defaults = new IdempotencyOptions();
            var changed = new IdempotencyOptions();
            ChangeAll(changed);

            foreach (PropertyInfo property in Settable)
            {
                Assert.That(property.GetValue(changed), Is.Not.EqualTo(property.GetValue(defaults)), property.Name);
                Assert.That(property.GetValue(seen), Is.EqualTo(property.GetValue(changed)), property.Name);
            }
        });
    }

    [Test]
    public void An_operation_without_an_input_starts_with_them_too()
    {
        PolicyOptions? seen = null;

        Handler(ChangeAll).Wrap("start", () => 1, options => seen = options);

        Assert.That(
            Settable.Select(property => property.GetValue(seen)),
            Is.EqualTo(Settable.Select(Another)));
    }

    [Test]
    public void What_a_handler_was_given_can_be_changed_later_without_effect()
    {
        var options = new IdempotencyOptions { TimeProvider = Time, Scope = "before" };
        var handler = new IdempotencyHandler(Store, options);

        ChangeAll(options);
        options.Scope = "after";
        options.TimeProvider = TimeProvider.System;
        PolicyOptions? seen = null;
        handler.Operation<Order, Receipt>("charge", o => seen = o);
        string key = handler.Operation<Order, string>("charge").KeyOf(new Order("A"));

        var defaults = new IdempotencyOptions();
        Assert.Multiple(() =>
        {
            Assert.That(
                Settable.Select(property => property.GetValue(seen)),
                Is.EqualTo(Settable.Select(property => property.GetValue(defaults))));
            Assert.That(key, Does.StartWith("before/charge#"));
        });
    }

    [Test]
    public void What_an_operation_was_given_can_be_changed_later_without_effect()
    {
        OperationOptions<Order>? kept = null;
        IdempotentOperation<Order, string> operation = Handler().Operation<Order, string>("charge", o => kept = o);
        string before = operation.KeyOf(new Order("A", 7));

        kept!.KeyFrom(order => order.Amount);
        kept.Lease = Second;

        Assert.That(operation.KeyOf(new Order("A", 7)), Is.EqualTo(before));
    }

    [Test]
    public void The_options_of_one_operation_are_not_those_of_the_next()
    {
        IdempotencyHandler handler = Handler();
        TimeSpan next = default;

        handler.Operation<Order, Receipt>("first", o => o.Lease = Second);
        handler.Operation<Order, Receipt>("second", o => next = o.Lease);

        Assert.That(next, Is.EqualTo(Minute));
    }

    [Test]
    public void The_time_left_to_the_host_holds_for_each_operation()
    {
        IdempotencyHandler handler = Handler(o => o.LeaseFrom(() => TimeSpan.Zero, TimeSpan.Zero));
        IdempotentOperation<Order, Receipt> plain = handler.Operation<Order, Receipt>("plain");
        IdempotentOperation<Order, Receipt> configured = handler.Operation<Order, Receipt>("configured", _ => { });

        Assert.That(
            (Outcome(plain), Outcome(configured)),
            Is.EqualTo((IdempotencyOutcome.LeaseRejected, IdempotencyOutcome.LeaseRejected)));

        static IdempotencyOutcome Outcome(IdempotentOperation<Order, Receipt> operation) =>
            operation.TryHandle(new Order("A"), new Till().Charge).Outcome;
    }

    [Test]
    public void The_defaults_are_those_of_the_documentation()
    {
        var options = new IdempotencyOptions();

        Assert.Multiple(() =>
        {
            Assert.That((options.Lease, options.Expiry), Is.EqualTo((Minute, 60 * Minute)));
            Assert.That((options.SkewPad, options.PeerPad), Is.EqualTo((Second, Second)));
            Assert.That((options.WaitAtMost, options.FirstPause), Is.EqualTo((30 * Second, 50 * Instant)));
            Assert.That((options.LongestPause, options.LongestRun), Is.EqualTo((2 * Second, 15 * Minute)));
            Assert.That((options.CompletionBudget, options.CompletionPause), Is.EqualTo((10 * Second, 50 * Instant)));
            Assert.That((options.CompletionResends, options.Renew), Is.EqualTo((5, false)));
            Assert.That(options.InProgress, Is.EqualTo(InProgressBehavior.Reject));
            Assert.That(options.MissingKey, Is.EqualTo(MissingKeyBehavior.Reject));
            Assert.That(options.Abandoned, Is.EqualTo(AbandonedBehavior.RunAgain));
            Assert.That(options.Release, Is.EqualTo(ReleaseBehavior.Delete));
            Assert.That(options.Fence, Is.EqualTo(FenceSource.Start));
            Assert.That(options.CheckPayload && options.CheckPayloadBeforeTakeOver, Is.True);
            Assert.That(options.LateCompletion, Is.True);
            Assert.That(options.OnFailure, Is.Null);
            Assert.That(options.Scope, Is.Null);
            Assert.That(options.Json, Is.Null);
            Assert.That(options.TimeProvider, Is.SameAs(TimeProvider.System));
        });
    }

    private static readonly Func<Exception, FailureAction?> Hold = _ => FailureAction.Hold;

    private static void ChangeAll(PolicyOptions options)
    {
        foreach (PropertyInfo property in Settable)
        {
            property.SetValue(options, Another(property));
        }
    }

    /// <summary>A value that is not the default, and fits beside those of all other properties.</summary>
    private static object Another(PropertyInfo property)
    {
        object? standard = property.GetValue(new IdempotencyOptions());
        return standard switch
        {
            TimeSpan span => span + Second,
            bool yes => !yes,
            int number => number + 1,
            Enum => Enum.ToObject(property.PropertyType, 1),
            null => Hold,
            _ => throw new NotSupportedException($"{property.Name} is of a kind that this test does not know."),
        };
    }
}
