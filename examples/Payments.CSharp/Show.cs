// How the scenes are printed.
namespace Payments;

public static class Show
{
    public static void Scene(int number, string title)
    {
        Console.WriteLine();
        Console.WriteLine($"{number}. {title}");
    }

    public static void Line(string text) => Console.WriteLine($"   {text}");

    public static string Times(int count) => count == 1 ? "once" : count == 2 ? "twice" : $"{count} times";
}
