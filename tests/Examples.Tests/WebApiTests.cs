// The web shop over real HTTP: what a client sees when it asks again.
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebApi;

namespace Examples.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WebApiTests
{
    private readonly WebApplication _shop = Shop.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Error"]);
    private readonly HttpClient _client = new();

    [SetUp]
    public async Task Open()
    {
        await _shop.StartAsync();
        _client.BaseAddress = new Uri(_shop.Urls.First());
    }

    [TearDown]
    public async Task Close()
    {
        _client.Dispose();
        await _shop.DisposeAsync();
    }

    [Test]
    public async Task A_payment_with_a_key_is_made_once_and_its_replay_says_so()
    {
        HttpResponseMessage first = await Pay("key-1");
        HttpResponseMessage again = await Pay("key-1");
        HttpResponseMessage other = await Pay("key-2");

        string receipt = await first.Content.ReadAsStringAsync();
        Assert.That(await again.Content.ReadAsStringAsync(), Is.EqualTo(receipt));
        Assert.That(await other.Content.ReadAsStringAsync(), Is.Not.EqualTo(receipt));
        Assert.That(first.Headers.Contains("Idempotent-Replayed"), Is.False);
        Assert.That(again.Headers.GetValues("Idempotent-Replayed"), Is.EqualTo(new[] { "true" }));
    }

    [Test]
    public async Task An_order_is_recognised_by_its_number_in_the_body()
    {
        HttpResponseMessage first = await Post("/orders", """{"orderId":"A-1","pieces":2}""");
        HttpResponseMessage again = await Post("/orders", """{ "pieces": 2, "orderId": "A-1" }""");
        HttpResponseMessage changed = await Post("/orders", """{"orderId":"A-1","pieces":3}""");

        Assert.That(await again.Content.ReadAsStringAsync(), Is.EqualTo(await first.Content.ReadAsStringAsync()));
        Assert.That(changed.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task A_payment_without_a_key_is_refused()
    {
        HttpResponseMessage answer = await Pay(null);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task A_payment_that_is_being_made_is_a_conflict_that_says_when_to_come_back()
    {
        var asked = new TaskCompletionSource();
        var answered = new TaskCompletionSource();
        _shop.Services.GetRequiredService<Warehouse>().Bank = () =>
        {
            asked.SetResult();
            return answered.Task;
        };

        Task<HttpResponseMessage> running = Pay("key-1");
        await asked.Task;
        HttpResponseMessage impatient = await Pay("key-1");
        answered.SetResult();

        Assert.That(impatient.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(impatient.Headers.RetryAfter!.Delta, Is.GreaterThan(TimeSpan.Zero));
        Assert.That((await running).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await Pay("key-1")).Headers.Contains("Idempotent-Replayed"), Is.True);
    }

    [Test]
    public async Task Replays_are_seen_in_the_metrics()
    {
        await Pay("key-1");
        await Pay("key-1");
        await Pay("key-1");
        await Pay(null);

        JsonElement counts = await _client.GetFromJsonAsync<JsonElement>("/calls");

        Assert.That(counts.GetProperty("pay executed").GetInt64(), Is.EqualTo(1));
        Assert.That(counts.GetProperty("pay replayed").GetInt64(), Is.EqualTo(2));
        Assert.That(counts.GetProperty("pay key_rejected").GetInt64(), Is.EqualTo(1));
    }

    private Task<HttpResponseMessage> Pay(string? key) => Post("/payments", """{"account":"A","amount":5}""", key);

    private async Task<HttpResponseMessage> Post(string path, string json, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
        };

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await _client.SendAsync(request);
    }
}
