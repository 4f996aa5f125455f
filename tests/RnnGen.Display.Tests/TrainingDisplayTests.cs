using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace RnnGen.Display.Tests;

/// <summary>The display draws where it can, writes lines where it cannot, and is silent on request.</summary>
public sealed partial class TrainingDisplayTests
{
    [Fact]
    public void OptionsThatAreNotThereAreNamed()
    {
        Should.Throw<ArgumentNullException>(() => new TrainingDisplay { Console = null! }).ParamName.ShouldBe("Console");
        Should.Throw<ArgumentNullException>(() => new ForecastPlot("title", [1, 2]) { XLabel = null! }).ParamName.ShouldBe("XLabel");
    }

    [Fact]
    public void Silent_means_nothing()
    {
        Terminal terminal = new(isTerminal: true);
        TrainingDisplay display = new() { IsSilent = true, Console = terminal.Console };
        Runs.Play(display, Runs.Started(), 3, epoch => 1.0 / epoch);
        display.OnStepSkipped(31, new NonFiniteException("x"));
        display.OnTrainingFailed(new InvalidOperationException());
        terminal.Text.ShouldBe("");
    }

    [Fact]
    public void Redirected_output_gets_a_line_an_epoch_and_no_escape_codes()
    {
        Terminal terminal = new(isTerminal: false);
        TrainingDisplay display = new() { Console = terminal.Console };
        string name = new('M', 200);
        Runs.Play(display, Runs.Started(name: name), 3, epoch => 1.0 / epoch);
        display.OnTrainingFailed(new OperationCanceledException());
        string[] lines = terminal.Text.Split(Environment.NewLine);
        lines[0].ShouldBe($"{name}: ManyToOne 24x1 -> Lstm(8) -> Dense(1), MeanSquaredError, 3 epochs of 10 steps");
        lines[1].ShouldBe(Runs.Epoch(1, 1).ToString());
        lines[3].ShouldBe(Runs.Epoch(3, 1.0 / 3).ToString());
        lines[4].ShouldBe("Cancelled after 0:00; lowest validation loss 0.41667 in epoch 3");
        lines.Length.ShouldBe(6);
        terminal.Text.ShouldNotContain("\u001b");
    }

    [Fact]
    public void A_terminal_shows_losses_progress_rate_and_the_time_left()
    {
        ManualClock clock = new();
        Terminal terminal = new(isTerminal: true);
        TrainingDisplay display = new() { Console = terminal.Console, Time = clock };
        TrainingStarted training = Runs.Started(epochs: 4);
        display.OnTrainingStarted(training);
        for (int step = 1; step <= 10; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            display.OnStepEnded(new StepResult { Step = step, Epoch = 1, Loss = 0.5, LearningRate = 1e-3, GradientNorm = 0.25, Sequences = 32 });
        }

        terminal.Plain.ShouldContain("epoch 1 of 4, step 10 of 10");
        terminal.Plain.ShouldContain(" 25 %");
        terminal.Plain.ShouldContain("32 sequences/s, learning rate 0.001, gradient norm 0.25");
        terminal.Plain.ShouldContain("0:10 passed, at most 0:30 left");
        display.OnEpochEnded(Runs.Epoch(1, 0.4));
        display.OnStepSkipped(11, new NonFiniteException("The loss [is] infinite."));
        terminal.Plain.ShouldContain("Step 11 was skipped: The loss [is] infinite.");
        clock.Advance(TimeSpan.FromSeconds(1));
        display.OnStepEnded(new StepResult { Step = 12, Epoch = 2, Loss = 0.5, LearningRate = 1e-3, GradientNorm = null, Sequences = 32 });
        terminal.Plain.ShouldContain("best 0.5, epoch 1");
        display.OnTrainingFailed(new OperationCanceledException());
        terminal.Plain.ShouldContain("Cancelled after 0:11");
        // The cursor that was hidden is shown again.
        terminal.Text.LastIndexOf("\u001b[?25h", StringComparison.Ordinal).ShouldBeGreaterThan(terminal.Text.LastIndexOf("\u001b[?25l", StringComparison.Ordinal));
    }

    [Fact]
    public void Steps_between_two_drawings_draw_nothing()
    {
        ManualClock clock = new();
        Terminal terminal = new(isTerminal: true);
        TrainingDisplay display = new() { Console = terminal.Console, Time = clock };
        display.OnTrainingStarted(Runs.Started(epochs: 1000));
        int before = terminal.Text.Length;
        for (int step = 1; step <= 9999; step++)
        {
            display.OnStepEnded(new StepResult { Step = step, Epoch = 1, Loss = 0.5, LearningRate = 1e-3, GradientNorm = 0.25, Sequences = 32 });
        }

        terminal.Text.Length.ShouldBe(before);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        display.OnStepEnded(new StepResult { Step = 10000, Epoch = 1, Loss = 0.5, LearningRate = 1e-3, GradientNorm = 0.25, Sequences = 32 });
        terminal.Text.Length.ShouldBeGreaterThan(before);
        display.OnTrainingFailed(new OperationCanceledException());
    }

    [Theory]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(300)]
    public void Names_and_narrow_terminals_do_no_harm(int width)
    {
        Terminal terminal = new(isTerminal: true, width);
        TrainingDisplay display = new() { Console = terminal.Console };
        Runs.Play(display, Runs.Started(name: "[red]\u001b]0;x\u0007[/"), 2, _ => double.NaN);
        display.OnTrainingFailed(new OperationCanceledException());
        terminal.Text.ShouldNotContain("\u001b]0;");
        terminal.Text.ShouldContain("[red]");
    }

    [Fact]
    public void A_training_trains_the_same_with_it_and_can_be_followed_by_another()
    {
        SeriesForecast<float> data = Runs.Sine();
        SmallForecaster shown = new(seed: 1), silent = new(seed: 1);
        Terminal terminal = new(isTerminal: true);
        TrainingDisplay display = new() { Console = terminal.Console };
        for (int i = 0; i < 2; i++)
        {
            shown.Fit(data.Train, data.Validation, new FitOptions { Epochs = 2, Callbacks = [display] });
            silent.Fit(data.Train, data.Validation, new FitOptions { Epochs = 2 });
        }

        shown.Parameters.SequenceEqual(silent.Parameters).ShouldBeTrue();
        terminal.Plain.Split("Ended after").Length.ShouldBeGreaterThanOrEqualTo(3);
    }

    internal sealed partial class Terminal
    {
        private readonly StringBuilder _text = new();

        public Terminal(bool isTerminal, int width = 120)
        {
            Console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                Interactive = InteractionSupport.Yes,
                ColorSystem = ColorSystemSupport.TrueColor,
                Out = new Output(new StringWriter(_text), isTerminal, width),
            });
        }

        public IAnsiConsole Console { get; }

        [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]")]
        private static partial Regex EscapeCode();

        /// <summary>All that was written.</summary>
        public string Text => _text.ToString();

        /// <summary>The same without escape codes.</summary>
        public string Plain => EscapeCode().Replace(Text, "");

        private sealed class Output(TextWriter writer, bool isTerminal, int width) : IAnsiConsoleOutput
        {
            public TextWriter Writer => writer;

            public bool IsTerminal => isTerminal;

            public int Width => width;

            public int Height => 40;

            public void SetEncoding(Encoding encoding) { }
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }
}
