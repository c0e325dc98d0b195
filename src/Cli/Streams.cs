// Where the commands read and write. They know no console: the tests hand them texts.
namespace Idempotency.Cli;

internal sealed record Streams(TextReader In, TextWriter Out, TextWriter Error);
