// How a call's ending becomes an answer: the status codes are those of the IETF's draft "The Idempotency-Key HTTP Header Field"
// (400, 409, 422), and 503 where another try makes sense. What a refusal's own message says is for the developer, not for the client.
using System.Globalization;
using Idempotency;

namespace WebApi;

public static class Answer
{
    public static IResult To<T>(HttpContext http, IdempotencyResult<T> result)
    {
        if (result.IsReplay)
        {
            http.Response.Headers["Idempotent-Replayed"] = "true";
        }

        return result.Match(value => Results.Ok(value), refusal => Refuse<T>(http, refusal));
    }

    private static IResult Refuse<T>(HttpContext http, IdempotencyException refusal)
    {
        // It was done, and that is the answer. Only a later request may do it again, which is the log's to say.
        if (refusal is IdempotencyUnsavedResultException unsaved && unsaved.TryGetOwnResult(out T? own))
        {
            return Results.Ok(own);
        }

        (int status, string title) = refusal switch
        {
            IdempotencyKeyException => (400, "The request has no Idempotency-Key."),
            IdempotencyValidationException => (422, "The key was used before, for another request."),
            IdempotencyStoredFailureException => (422, "The request was refused before."),
            IdempotencyAlreadyInProgressException => (409, "The request is being worked on."),
            IdempotencyAbandonedException => (409, "The request broke off, and waits for a person to look."),
            IdempotencyUnreadableResultException => (500, "The request was done, but its answer cannot be read."),
            _ => (503, "Try again."),
        };

        if (status is 409 or 503)
        {
            double seconds = Math.Ceiling((refusal.RetryAfter ?? TimeSpan.FromSeconds(1)).TotalSeconds);
            http.Response.Headers.RetryAfter = Math.Max(1, seconds).ToString(CultureInfo.InvariantCulture);
        }

        return Results.Problem(title: title, statusCode: status);
    }
}
