// What makes two calls the same: the scope, the operation, and the value that the key is made of.
using System.Text.Json;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

public class KeyTests : OnManualTime
{
    internal sealed class Cart
    {
        public string Owner { get; set; } = "";

        public List<string> Articles { get; init; } = [];
    }

    private readonly Till _till = new();

    [Test]
    public async Task Two_operations_with_the_same_input_do_not_share()
    {
        IdempotencyHandler handler = Handler();

        Receipt charged = await handler.HandleAsync("charge", new Order("A"), _till.ChargeAsync);
        Receipt refunded = await handler.HandleAsync("refund", new Order("A"), _till.ChargeAsync);

        Assert.That((charged.Number, refunded.Number), Is.EqualTo(("A-1", "A-2")));
    }

    [Test]
    public async Task Two_scopes_do_not_share()
    {
        Receipt plain = await Handler().HandleAsync("charge", new Order("A"), _till.ChargeAsync);
        Receipt shop = await Handler(o => o.Scope = "shop").HandleAsync("charge", new Order("A"), _till.ChargeAsync);
        Receipt depot = await Handler(o => o.Scope = "depot").HandleAsync("charge", new Order("A"), _till.ChargeAsync);
        Receipt again = await Handler(o => o.Scope = "shop").HandleAsync("charge", new Order("A"), _till.ChargeAsync);

        Assert.That(
            new[] { plain, shop, depot, again }.Select(receipt => receipt.Number),
            Is.EqualTo(new[] { "A-1", "A-2", "A-3", "A-2" }));
    }

    [Test]
    public void Scope_and_name_never_run_into_each_other()
    {
        string?[] scopes = [null, "a", "a/b", "a%2Fb", "a#b", "a%"];
        string[] names = ["c", "b/c", "b%2Fc", "a/c", "a/b/c", "#c", "%2F", "2F"];

        string[] keys =
        [
            .. from scope in scopes from name in names select KeyOf(Handler(o => o.Scope = scope), name, 1),
        ];

        Assert.That(keys, Is.Unique);
    }

    [Test]
    public async Task The_handler_and_an_operation_of_the_same_name_share()
    {
        IdempotencyHandler handler = Handler();

        Receipt called = await handler.HandleAsync("charge", new Order("A"), _till.ChargeAsync);
        Receipt prepared = handler.Operation<Order, Receipt>("charge", _ => { }).Handle(new Order("A"), _till.Charge);
        Receipt wrapped = handler.Wrap<Order, Receipt>("charge", _till.Charge)(new Order("A"));

        Assert.That((prepared, wrapped), Is.EqualTo((called, called)));
    }

    [Test]
    public void The_order_of_members_and_the_spelling_of_numbers_make_no_difference()
    {
        IdempotencyHandler handler = Handler();
        string[] same = ["""{"a":1,"b":[1.50,null]}""", """{ "b" : [15e-1,null], "a" : 1.0 }"""];
        string[] other = ["""{"a":1,"b":[null,1.5]}""", """{"a":"1","b":[1.5,null]}""", """{"a":1,"b":[1.5]}"""];

        Assert.Multiple(() =>
        {
            Assert.That(same.Select(KeyOfJson).Distinct().Count(), Is.EqualTo(1));
            Assert.That(other.Select(KeyOfJson).Append(KeyOfJson(same[0])), Is.Unique);
        });

        string KeyOfJson(string json) => KeyOf(handler, "call", JsonDocument.Parse(json).RootElement);
    }

    [Test]
    public void Numbers_that_differ_only_beyond_a_double_make_different_keys()
    {
        IdempotencyHandler handler = Handler();

        Assert.That(
            new[] { KeyOf(handler, "n", 9007199254740993L), KeyOf(handler, "n", 9007199254740992L) },
            Is.Unique);
    }

    [Test]
    public async Task A_key_may_be_made_of_a_part_of_the_input()
    {
        IdempotentOperation<Order, Receipt> charge = ById();

        Receipt first = await charge.HandleAsync(new Order("A", 1), _till.ChargeAsync);
        Receipt other = await charge.HandleAsync(new Order("B", 1), _till.ChargeAsync);
        Receipt again = await charge.HandleAsync(new Order("A", 1), _till.ChargeAsync);

        Assert.That((first.Number, other.Number, again.Number), Is.EqualTo(("A-1", "B-2", "A-1")));
    }

    [Test]
    public async Task The_same_key_with_another_payload_is_refused()
    {
        IdempotentOperation<Order, Receipt> charge = ById();
        await charge.HandleAsync(new Order("A", 1), _till.ChargeAsync);

        IdempotencyResult<Receipt> other = await charge.TryHandleAsync(new Order("A", 2), _till.ChargeAsync);

        Assert.That((other.Outcome, _till.Runs), Is.EqualTo((IdempotencyOutcome.PayloadMismatch, 1)));
    }

    [Test]
    public async Task The_payload_does_not_matter_where_it_is_not_checked()
    {
        IdempotentOperation<Order, Receipt> charge = ById(checkPayload: false);
        await charge.HandleAsync(new Order("A", 1), _till.ChargeAsync);

        IdempotencyResult<Receipt> other = await charge.TryHandleAsync(new Order("A", 2), _till.ChargeAsync);

        Assert.That((other.Outcome, _till.Runs), Is.EqualTo((IdempotencyOutcome.Replayed, 1)));
    }

    [Test]
    public async Task Another_payload_takes_over_an_abandoned_key_only_where_that_is_allowed([Values] bool check)
    {
        var hung = new Job<Order, Receipt>();
        IdempotentOperation<Order, Receipt> charge = Handler(o => o.CheckPayloadBeforeTakeOver = check)
            .Operation<Order, Receipt>("charge", o => o.KeyFrom(order => order.Id));
        Task<Receipt> first = charge.HandleAsync(new Order("A", 1), hung.RunAsync).AsTask();
        await hung.Started();
        Time.Advance(2 * Minute);

        IdempotencyResult<Receipt> other = await charge.TryHandleAsync(new Order("A", 2), _till.ChargeAsync);

        Assert.That(first.IsCompleted, Is.False);
        Assert.That(
            other.Outcome,
            Is.EqualTo(check ? IdempotencyOutcome.PayloadMismatch : IdempotencyOutcome.Executed));
    }

    [Test]
    public async Task An_input_that_the_function_changes_keeps_its_key_and_its_payload([Values] bool byOwner)
    {
        IdempotentOperation<Cart, int> order = Handler().Operation<Cart, int>("order", o =>
        {
            if (byOwner)
            {
                o.KeyFrom(cart => cart.Owner);
            }
        });
        static Task<int> Change(Cart cart, CancellationToken token)
        {
            cart.Owner = "somebody else";
            cart.Articles.Clear();
            return Task.FromResult(1);
        }

        await order.HandleAsync(new Cart { Owner = "me", Articles = ["a"] }, Change);
        IdempotencyResult<int> again = await order.TryHandleAsync(new Cart { Owner = "me", Articles = ["a"] }, Change);
        IdempotencyResult<int> changed = await order.TryHandleAsync(new Cart { Owner = "somebody else" }, Change);

        Assert.That(
            (again.Outcome, changed.Outcome),
            Is.EqualTo((IdempotencyOutcome.Replayed, IdempotencyOutcome.Executed)));
    }

    [Test]
    public async Task The_key_follows_the_JSON_options_of_the_handler()
    {
        var camelCase = new JsonSerializerOptions(JsonSerializerOptions.Web);

        await Handler().HandleAsync("charge", new Order("A"), _till.ChargeAsync);
        IdempotencyResult<Receipt> other =
            await Handler(o => o.Json = camelCase).TryHandleAsync("charge", new Order("A"), _till.ChargeAsync);

        Assert.That(other.Outcome, Is.EqualTo(IdempotencyOutcome.Executed), "The input is written in another way.");
    }

    [Test]
    public void A_selector_must_be_given() =>
        Assert.That(
            () => Handler().Operation<Order, Receipt>("charge", o => o.KeyFrom<string>(null!)),
            Throws.ArgumentNullException);

    private IdempotentOperation<Order, Receipt> ById(bool checkPayload = true) =>
        Handler(o => o.CheckPayload = checkPayload)
            .Operation<Order, Receipt>("charge", o => o.KeyFrom(order => order.Id));

    private static string KeyOf<T>(IdempotencyHandler handler, string operation, T input) =>
        handler.Operation<T, int>(operation).KeyOf(input);
}
