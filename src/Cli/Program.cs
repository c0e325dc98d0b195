// The only file that knows the process: its streams, its arguments, and a reader of the output that goes away.
using Idempotency.Cli;
using Microsoft.Win32.SafeHandles;

const int BrokenPipe = 32; // EPIPE, on every Unix

using TextReader input = Utf8.Reader(Console.OpenStandardInput());
TextWriter output = Utf8.Writer(StandardOutput());
TextWriter errors = Utf8.Writer(Console.OpenStandardError());

try
{
    return CommandLine.Run(args, new Streams(input, output, errors));
}
catch (IOException problem) when (problem.HResult == BrokenPipe)
{
    // Whoever reads has seen enough, as `head` does.
    return ExitCodes.Done;
}

// The console's own stream says nothing when a pipe is broken, so that a batch would go on for nobody. A file must be
// left to it: it keeps the position that the shell's other commands share.
static Stream StandardOutput()
{
    if (!OperatingSystem.IsWindows())
    {
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

        if (!pipe.CanSeek)
        {
            return pipe;
        }
    }

    return Console.OpenStandardOutput();
}
