// The event: standard input, or a file that may not be there.
namespace Idempotency.Cli;

internal static class Input
{
    /// <summary>Reads from a file, or from standard input when no file is named, or one called '-'.</summary>
    /// <returns>The exit code of the reader, or that of a file that cannot be read.</returns>
    public static int Use(string? file, Streams streams, Func<TextReader, int> read)
    {
        if (file is null or "-")
        {
            return read(streams.In);
        }

        if (Open(file, streams.Error) is not { } stream)
        {
            return ExitCodes.Failed;
        }

        using TextReader reader = Utf8.Reader(stream);
        return read(reader);
    }

    private static FileStream? Open(string file, TextWriter errors)
    {
        try
        {
            return File.OpenRead(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.WriteLine($"The event cannot be read: {problem.Message}");
            return null;
        }
    }

    /// <summary>A whole text in UTF-8, or null and a message when it was none.</summary>
    public static byte[]? ReadAll(TextReader reader, TextWriter errors)
    {
        string text = reader.ReadToEnd();

        if (Utf8.ProblemOf(text) is { } problem)
        {
            errors.WriteLine($"The event cannot be read: {problem}.");
            return null;
        }

        return Utf8.Bytes(text);
    }
}
