using System.Text;

namespace CharLanguageModel;

/// <summary>
/// A text for when none is given: the log of an invented harbour, written by a few rules. Ships that have come in leave
/// again, with the cargo that they were given, so that a reader who remembers does better.
/// </summary>
internal static class HarbourLog
{
    private static readonly string[] s_ships = ["Aurora", "Bellflower", "Cormorant", "Dorothea", "Evening Star", "Fulmar", "Gratitude", "Halcyon", "Juniper", "Kittiwake", "Larkspur", "Meridian"];
    private static readonly string[] s_kinds = ["brig", "cutter", "schooner", "ketch", "steamer", "barque"];
    private static readonly string[] s_cargoes = ["timber", "salt", "barley", "slate", "herring", "coal", "wool", "lamp oil", "copper wire", "oranges"];
    private static readonly string[] s_winds = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];
    private static readonly string[] s_seas = ["calm", "smooth", "choppy", "rough", "very rough"];
    private static readonly string[] s_months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    /// <summary>Writes about the given number of characters; the same seed writes the same text.</summary>
    public static string Write(int length, int seed)
    {
        Random random = new(seed);
        StringBuilder text = new();
        List<(string Ship, string Kind, string Cargo, int Berth)> moored = [];
        for (int day = 0; text.Length < length; day++)
        {
            string wind = Pick(s_winds);
            int force = random.Next(1, 10);
            text.Append($"{1 + day % 28} {s_months[day / 28 % 12]}. Wind {wind}, force {force}; the sea {s_seas[force / 2]}.\n");
            if (force >= 8)
            {
                text.Append(moored.Count == 0 ? "No ship moved, and none lies here.\n\n" : $"No ship moved. The {moored[0].Kind} {moored[0].Ship} keeps berth {moored[0].Berth} with her {moored[0].Cargo}.\n\n");
                continue;
            }

            for (int i = random.Next(1, 4); i > 0; i--)
            {
                string[] absent = [.. s_ships.Except(moored.Select(m => m.Ship))];
                if (moored.Count < 6 && (moored.Count == 0 || random.Next(2) == 0))
                {
                    int berth = Enumerable.Range(1, 6).First(b => moored.All(m => m.Berth != b));
                    (string Ship, string Kind, string Cargo, int Berth) ship = (absent[random.Next(absent.Length)], Pick(s_kinds), Pick(s_cargoes), berth);
                    moored.Add(ship);
                    text.Append($"The {ship.Kind} {ship.Ship} came in from the {Pick(s_winds)} with {random.Next(2, 40) * 5} tons of {ship.Cargo} and took berth {ship.Berth}.\n");
                }
                else
                {
                    (string Ship, string Kind, string Cargo, int Berth) ship = moored[random.Next(moored.Count)];
                    moored.Remove(ship);
                    text.Append($"The {ship.Kind} {ship.Ship} landed her {ship.Cargo}, left berth {ship.Berth} and sailed {wind switch { "north" => "south", "south" => "north", _ => "before the wind" }}.\n");
                }
            }

            text.Append('\n');
        }

        return text.ToString();

        string Pick(string[] words) => words[random.Next(words.Length)];
    }
}
