using RnnGen.Data;

namespace RnnGen.Forecasting.Tests;

/// <summary>Statics of tables: numbers in the table's format, or categories, and which of them a trained model knows.</summary>
public sealed class StaticsTests
{
    private static readonly SeriesColumns s_columns = new() { Id = "shop", Target = "sales", Statics = ["size", "c"] };

    private static readonly CsvOptions s_german = new() { Delimiter = ';', DecimalSeparator = ',', ThousandsSeparator = '.' };

    [Fact]
    public void A_static_has_the_number_format_of_the_file()
    {
        SeriesSet set = Read("shop;sales;size;c\nA;1.234;1.234;1,5\nA;2;1234,0;1,50\nB;1;7;7\n", csv: s_german);
        set["A"].Targets.Span[0].ShouldBe(1234);
        set.StaticNames.ShouldBe(["size", "c"]);
        set["A"].Statics.ToArray().ShouldBe([1234, 1.5]);
        set["B"].Statics.ToArray().ShouldBe([7, 7]);
    }

    [Theory]
    [InlineData("NaN", "is not a finite number")]
    [InlineData("Infinity", "is not a finite number")]
    [InlineData("1e999", "too large")]
    [InlineData("\"1,5\"", "The decimal separator is '.'")]
    public void A_static_that_is_no_number_of_the_file_is_an_error_at_its_place(string field, string message)
    {
        DataFormatException error = Should.Throw<DataFormatException>(() => Read($"shop,sales,size,c\nA,1,30,x\nB,1,{field},x\n"));
        error.Message.ShouldContain("'size'");
        error.Message.ShouldContain(message);
        error.Line.ShouldBe(3);
    }

    [Fact]
    public void A_column_of_numbers_and_text_is_an_error_or_one_of_categories()
    {
        const string Text = "shop,sales,size,c\nA,1,30,053\nB,1,40,53\nC,1,30,53a\n";
        SeriesDataException error = Should.Throw<SeriesDataException>(() => Read(Text));
        error.Series.ShouldBe("C");
        error.Message.ShouldContain("the static 'c' is '53a', but the number 053 in series 'A'");
        error.Message.ShouldContain("SeriesColumns.Categories");
        SeriesSet set = Read(Text, s_columns with { Categories = ["c"] });
        set.StaticNames.ShouldBe(["size", "c=053", "c=53", "c=53a"]);
        set["B"].Statics.ToArray().ShouldBe([40, 0, 1, 0]);
        Read("shop,sales,size,c\nA,1,30,NaN\nB,1,40,7\n", s_columns with { Categories = ["c"] }).StaticNames.ShouldBe(["size", "c=7", "c=NaN"]);
        Should.Throw<ArgumentException>(() => Read(Text, s_columns with { Categories = ["city"] })).Message.ShouldContain("The column 'city' of Categories is not one of Statics");
    }

    /// <summary>A file of one shop has one category, though the model learned two.</summary>
    [Fact]
    public void A_model_knows_the_categories_that_it_learned()
    {
        string[] colours = ["red", "blue"];
        string Rows(string shops) => "shop,sales,size,c\n" + string.Concat(shops.SelectMany(shop => Enumerable.Range(0, 24).Select(t => $"{shop},{t * (shop - 'a' + 1) % 7},{shop - 'a'},{colours[(shop - 'a') % 2]}\n")));
        SeriesSet all = Read(Rows("abc"));
        all.StaticNames.ShouldBe(["size", "c=blue", "c=red"]);
        DirectForecaster<ShopModel> forecaster = new(new WindowOptions { ContextLength = 8, Horizon = 2 }) { Seed = 1, Training = seed => new FitOptions { Epochs = 2, Seed = seed } };
        TrainedForecaster<ShopModel> trained = forecaster.Fit(all, 2);
        Forecast[] expected = [.. trained.Predict(all)];
        for (int shop = 0; shop < 3; shop++)
        {
            trained.Predict(Read(Rows($"{(char)('a' + shop)}")))[0].Values.ToArray().ShouldBe(expected[shop].Values.ToArray());
        }

        // By name, in any order.
        SeriesSet turned = Read(Rows("b"), s_columns with { Statics = ["c", "size"] });
        turned.StaticNames.ShouldBe(["c=blue", "size"]);
        trained.Predict(turned)[0].Values.ToArray().ShouldBe(expected[1].Values.ToArray());

        SeriesDataException error = Should.Throw<SeriesDataException>(() => trained.Predict(Read(Rows("ab").Replace("blue", "green", StringComparison.Ordinal))));
        error.Series.ShouldBe("b");
        error.Message.ShouldContain("its static is 'c=green', a category that ShopModel did not learn; it learned 'c=blue', 'c=red'");
        Should.Throw<SeriesDataException>(() => trained.Predict(Read(Rows("a"), s_columns with { Statics = ["c"] }))).Message.ShouldContain("The statics of the series are 'c=red', but ShopModel learned from 'size', 'c=blue', 'c=red'");
        Should.Throw<SeriesDataException>(() => trained.Predict(Read(Rows("a"), s_columns with { Statics = ["size"] }))).Message.ShouldContain("read the same columns");

        // A training that begins with the model reads what it learned, in its order.
        DirectForecaster<ShopModel> further = new(forecaster.Windows) { Start = trained.Models[0], Training = forecaster.Training };
        further.Fit(Read(Rows("b")), 2).Predict(all).Count.ShouldBe(3);
        Should.Throw<SeriesDataException>(() => further.Fit(Read(Rows("ab").Replace("red", "green", StringComparison.Ordinal)), 2)).Message.ShouldContain("'c=green', a category that ShopModel did not learn");

        // A number is no category, whatever its name.
        SeriesSet number = new([new TimeSeries("a", new double[24]) { Statics = new double[] { 1, 0.5 } }], [], [], ["size", "c=red"]);
        Should.Throw<SeriesDataException>(() => trained.Predict(number)).Message.ShouldContain("read the same columns");
    }

    private static SeriesSet Read(string text, SeriesColumns? columns = null, CsvOptions? csv = null) => LongTable.Read(new StringReader(text), columns ?? s_columns, csv: csv);
}
