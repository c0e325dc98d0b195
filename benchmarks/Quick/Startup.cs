// How long a program takes from its start to the end of its first call, by the library and by the floor's code.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DynamoDb.Testing;

namespace Benchmarks.Quick;

internal static class Startup
{
    private static readonly string[] Ways = ["floor", "library"];

    /// <summary>Publishes the program, trimmed and compiled before, and starts it in turn each way.</summary>
    /// <param name="rounds">How often each way.</param>
    public static void Print(int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("idempotency-startup-").FullName;

        try
        {
            Publish(folder);
            string program = Path.Combine(folder, "Startup");
            var took = Ways.ToDictionary(way => way, _ => new List<double>());

            for (int round = -3; round < rounds; round++)
            {
                foreach (string way in Ways)
                {
                    double milliseconds = Run(program, way);

                    if (round >= 0)
                    {
                        took[way].Add(milliseconds);
                    }
                }
            }

            Console.WriteLine("| from its start to its end, one call | median ms | best ms |");
            Console.WriteLine("| --- | ---: | ---: |");

            foreach (string way in Ways)
            {
                List<double> sorted = [.. took[way].Order()];
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {way} | {sorted[sorted.Count / 2]:0.0} | {sorted[0]:0.0} |"));
            }

            double[] more = [.. took["library"].Zip(took["floor"], (library, floor) => library - floor).Order()];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\nThe library takes {more[more.Length / 2]:0.0} ms more (median of {rounds} neighbours in time)."));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Publish(string folder)
    {
        string[] arguments =
        [
            "publish", Path.Combine(Repository.root, "benchmarks", "Startup"), "-c", "Release", "-o", folder, "--nologo", "-v", "quiet",
            "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained",
            "-p:PublishTrimmed=true", "-p:PublishReadyToRun=true", "-p:TreatWarningsAsErrors=false",
        ];

        using Process publish = Process.Start("dotnet", arguments);
        publish.WaitForExit();

        if (publish.ExitCode != 0)
        {
            throw new InvalidOperationException("The program could not be published.");
        }
    }

    private static double Run(string program, string way)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(program, way);
        process.WaitForExit();
        double took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return process.ExitCode == 0 ? took : throw new InvalidOperationException($"The program failed: {way}.");
    }
}
