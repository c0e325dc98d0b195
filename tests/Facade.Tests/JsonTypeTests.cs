// Inputs and results that source-generated code writes, and results that are encrypted.
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Idempotency;
using NUnit.Framework;

namespace Facade.Tests;

[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Receipt))]
internal sealed partial class ShopJson : JsonSerializerContext;

public class JsonTypeTests : OnManualTime
{
    /// <summary>Knows no type, as the options of a trimmed application do.</summary>
    private static readonly JsonSerializerOptions Nothing = new() { TypeInfoResolver = JsonTypeInfoResolver.Combine() };

    private readonly Till _till = new();

    private IdempotencyHandler Trimmed() => Handler(options => options.Json = Nothing);

    [Test]
    public async Task An_operation_with_JSON_types_needs_no_other_JSON()
    {
        IdempotentOperation<Order, Receipt> operation =
            Trimmed().Operation("charge", ShopJson.Default.Order, ShopJson.Default.Receipt);

        IdempotencyResult<Receipt> first = await operation.TryHandleAsync(new Order("A"), _till.ChargeAsync);
        IdempotencyResult<Receipt> again = await operation.TryHandleAsync(new Order("A"), _till.ChargeAsync);

        Assert.That(first.Outcome, Is.EqualTo(IdempotencyOutcome.Executed));
        Assert.That(again.IsReplay, Is.True);
        Assert.That(again.GetValueOrThrow(), Is.EqualTo(first.GetValueOrThrow()));
    }

    [Test]
    public void Without_them_the_error_names_the_operation_and_the_type()
    {
        Assert.That(
            () => Trimmed().Operation<Order, Receipt>("charge"),
            Throws.ArgumentException.With.Message.Contains("Operation 'charge': ")
                .And.Message.Contains("TypeInfoResolver"));
    }

    [Test]
    public void Keys_are_those_of_the_same_types_by_reflection()
    {
        IdempotencyHandler handler = Handler();
        handler.Operation("charge", ShopJson.Default.Order, ShopJson.Default.Receipt, o => o.KeyFrom(order => order.Id))
            .TryGetKey(new Order("A"), out string? generated);
        handler.Operation<Order, Receipt>("charge", o => o.KeyFrom(order => order.Id))
            .TryGetKey(new Order("A"), out string? reflected);

        Assert.That(generated, Is.EqualTo(reflected));
    }

    [Test]
    public async Task Functions_can_be_wrapped_with_them()
    {
        IdempotencyHandler handler = Trimmed();
        var charge = handler.Wrap("charge", _till.ChargeAsync, ShopJson.Default.Order, ShopJson.Default.Receipt);
        var contexts = handler.Wrap(
            "context",
            (Order order, IdempotencyContext context, CancellationToken _) =>
                Task.FromResult(new Receipt(context.Operation, order.Amount)),
            ShopJson.Default.Order,
            ShopJson.Default.Receipt);

        Receipt first = await charge(new Order("A"), CancellationToken.None);

        Assert.That(await charge(new Order("A"), CancellationToken.None), Is.EqualTo(first));
        Assert.That((await contexts(new Order("A"), CancellationToken.None)).Number, Is.EqualTo("context"));
    }

    [Test]
    public void A_JSON_type_that_its_options_do_not_have_is_refused()
    {
        JsonTypeInfo<Order> stranger = JsonTypeInfo.CreateJsonTypeInfo<Order>(new JsonSerializerOptions(Nothing));

        Assert.That(
            () => Handler().Operation("charge", stranger, ShopJson.Default.Receipt),
            Throws.ArgumentException.With.Message.Contains("Operation 'charge'").And.Message.Contains("JsonSerializerContext"));
    }

    [Test]
    public async Task Results_can_be_encrypted()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        IdempotencyHandler handler = Handler();

        var operation = handler.Operation<Order, Receipt>(
            "charge", new EncryptedCodec<Receipt>(new JsonResultCodec<Receipt>(ShopJson.Default.Receipt), key));

        Receipt first = await operation.HandleAsync(new Order("secret"), _till.ChargeAsync);
        Receipt again = await operation.HandleAsync(new Order("secret"), _till.ChargeAsync);
        operation.TryGetKey(new Order("secret"), out string? text);
        var record = await ((IIdempotencyStore)Store).Get(text!, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(again, Is.EqualTo(first));
            Assert.That(_till.Runs, Is.EqualTo(1));
            Assert.That(record!.Payload.Utf8, Is.Not.Null);
            Assert.That(JsonDocument.Parse(record.Payload.Utf8).RootElement.GetString(), Does.Not.Contain("secret"));
        });
    }

    [Test]
    public async Task A_result_that_was_encrypted_under_another_key_cannot_be_read()
    {
        IdempotencyHandler handler = Handler();
        var json = new JsonResultCodec<Receipt>(ShopJson.Default.Receipt);
        var one = handler.Operation<Order, Receipt>("charge", new EncryptedCodec<Receipt>(json, new byte[16]));
        var other = handler.Operation<Order, Receipt>("charge", new EncryptedCodec<Receipt>(json, new byte[32]));
        await one.HandleAsync(new Order("A"), _till.ChargeAsync);

        IdempotencyResult<Receipt> result = await other.TryHandleAsync(new Order("A"), _till.ChargeAsync);

        Assert.That(result.Outcome, Is.EqualTo(IdempotencyOutcome.Unreadable));
        Assert.That(result.Refusal!.InnerException, Is.InstanceOf<CryptographicException>());
    }
}
