using System.Numerics;
using RnnGen.Tests;

namespace RnnGen.Runtime.Tests;

public sealed class OptimizerTests
{
    private static readonly ModelLayout s_one = Layouts.Flat(1);

    // Every rule is written out here once more, for one parameter, as PyTorch's documentation states it.
    public static TheoryData<string> Rules => [.. References.Keys];

    private static readonly Dictionary<string, (Func<Optimizer> Create, Func<Func<double, double, double>> Reference)> References = new()
    {
        ["sgd"] = (() => new Sgd(0.1), () => (p, g) => p - (0.1 * g)),
        ["sgd, L2"] = (() => new Sgd(0.1) { WeightDecay = 0.3 }, () => (p, g) => p - (0.1 * (g + (0.3 * p)))),
        ["momentum"] = (() => new Sgd(0.1) { Momentum = 0.9 }, () =>
        {
            double b = 0;
            return (p, g) => p - (0.1 * (b = (0.9 * b) + g));
        }),
        ["momentum, dampened"] = (() => new Sgd(0.1) { Momentum = 0.9, Dampening = 0.5 }, () =>
        {
            double? b = null;
            return (p, g) => p - (0.1 * (b = b is null ? g : (0.9 * b.Value) + (0.5 * g)).Value);
        }),
        ["nesterov, L2"] = (() => new Sgd(0.1) { Momentum = 0.9, Nesterov = true, WeightDecay = 0.3 }, () =>
        {
            double b = 0;
            return (p, g) =>
            {
                g += 0.3 * p;
                b = (0.9 * b) + g;
                return p - (0.1 * (g + (0.9 * b)));
            };
        }),
        ["rmsprop"] = (() => new RmsProp(), () =>
        {
            double v = 0;
            return (p, g) =>
            {
                v = (0.99 * v) + (0.01 * g * g);
                return p - (0.01 * g / (Math.Sqrt(v) + 1e-8));
            };
        }),
        ["rmsprop, centred, momentum"] = (() => new RmsProp(0.02) { Alpha = 0.9, Centered = true, Momentum = 0.8, Epsilon = 1e-6, WeightDecay = 0.1 }, () =>
        {
            double v = 0, m = 0, b = 0;
            return (p, g) =>
            {
                g += 0.1 * p;
                v = (0.9 * v) + (0.1 * g * g);
                m = (0.9 * m) + (0.1 * g);
                b = (0.8 * b) + (g / (Math.Sqrt(v - (m * m)) + 1e-6));
                return p - (0.02 * b);
            };
        }),
        ["rmsprop, momentum"] = (() => new RmsProp(0.02) { Momentum = 0.8 }, () =>
        {
            double v = 0, b = 0;
            return (p, g) =>
            {
                v = (0.99 * v) + (0.01 * g * g);
                b = (0.8 * b) + (g / (Math.Sqrt(v) + 1e-8));
                return p - (0.02 * b);
            };
        }),
        ["adagrad"] = (() => new Adagrad(), () =>
        {
            double s = 0;
            return (p, g) =>
            {
                s += g * g;
                return p - (0.01 * g / (Math.Sqrt(s) + 1e-10));
            };
        }),
        ["adam"] = (() => new Adam(), () => AdamReference(1e-3, l2: 0, decoupled: 0)),
        ["adam, L2"] = (() => new Adam(0.05) { WeightDecay = 0.2 }, () => AdamReference(0.05, l2: 0.2, decoupled: 0)),
        ["adamw"] = (() => new AdamW(), () => AdamReference(1e-3, l2: 0, decoupled: 0.01)),
        ["adamw, strong"] = (() => new AdamW(0.05) { WeightDecay = 0.2 }, () => AdamReference(0.05, l2: 0, decoupled: 0.2)),
    };

    [Fact]
    public void EveryShippedOptimiserIsWrittenOut() =>
        ShippedOptimizers.Names.Select(name => ShippedOptimizers.Create(name).GetType()).Except(References.Values.Select(r => r.Create().GetType())).ShouldBeEmpty();

    private static Func<double, double, double> AdamReference(double rate, double l2, double decoupled)
    {
        double m = 0, v = 0;
        int t = 0;
        return (p, g) =>
        {
            t++;
            p *= 1 - (rate * decoupled);
            g += l2 * p;
            m = (0.9 * m) + (0.1 * g);
            v = (0.999 * v) + (0.001 * g * g);
            double mHat = m / (1 - Math.Pow(0.9, t)), vHat = v / (1 - Math.Pow(0.999, t));
            return p - (rate * mHat / (Math.Sqrt(vHat) + 1e-8));
        };
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void TwentyStepsAgreeWithTheRuleInEveryElement(string rule)
    {
        // 37 elements: whole vectors of every width and a rest.
        const int Count = 37;
        (Func<Optimizer> create, Func<Func<double, double, double>> reference) = References[rule];
        Optimizer inDouble = create(), inSingle = create();
        var references = Enumerable.Range(0, Count).Select(_ => reference()).ToArray();
        double[] expected = [.. Enumerable.Range(0, Count).Select(i => 0.5 - (0.03 * i))], parameters = [.. expected];
        float[] singles = [.. expected.Select(x => (float)x)];
        ModelLayout layout = Layouts.Flat(Count);
        object first = new(), second = new();
        for (int step = 0; step < 20; step++)
        {
            double[] gradients = [.. Enumerable.Range(0, Count).Select(i => Math.Sin((i * 1.7) + step) + 0.1)];
            double[] untouched = [.. gradients];
            ParameterUpdate.Apply<double>(inDouble, first, parameters, gradients, layout);
            ParameterUpdate.Apply<float>(inSingle, second, singles, [.. gradients.Select(x => (float)x)], layout);
            gradients.ShouldBe(untouched);
            for (int i = 0; i < Count; i++)
            {
                expected[i] = references[i](expected[i], gradients[i]);
            }
        }

        inDouble.StepCount.ShouldBe(20);
        for (int i = 0; i < Count; i++)
        {
            parameters[i].ShouldBe(expected[i], 1e-12);
            singles[i].ShouldBe((float)expected[i], 2e-5f);
        }
    }

    [Fact]
    public void NumbersWorkedOutByHand()
    {
        Once(new Sgd(0.5), 1, 2).ShouldBe(0);
        Once(new Sgd(0.5) { WeightDecay = 1 }, 1, 2).ShouldBe(-0.5);
        // At the first step Adam's corrected quotient is g / (|g| + 1e-8).
        Once(new Adam(0.1), 1, 4).ShouldBe(1 - (0.1 * 4 / (4 + 1e-8)), 1e-15);
        Once(new AdamW(0.1), 1, 4).ShouldBe(0.999 - (0.1 * 4 / (4 + 1e-8)), 1e-15);
        // v = 0.01 · 16, √v = 0.4.
        Once(new RmsProp(0.1), 1, 4).ShouldBe(1 - (0.1 * 4 / (0.4 + 1e-8)), 1e-15);
        Once(new Adagrad(0.1), 1, 4).ShouldBe(0.9, 1e-10);
    }

    [Fact]
    public void ClippingByNormScalesTheWholeGradient()
    {
        // Norm 5, limit 1: the factor is 1 / (5 + 1e-6).
        double[] p = [0, 0];
        ParameterUpdate.Apply<double>(new Sgd(1) { ClipNorm = 1 }, this, p, [3, -4], Layouts.Flat(2));
        p[0].ShouldBe(-3 / (5 + 1e-6), 1e-15);
        p[1].ShouldBe(4 / (5 + 1e-6), 1e-15);

        // A norm below the limit leaves the gradient as it is.
        Once(new Sgd(1) { ClipNorm = 10 }, 0, 3).ShouldBe(-3);
    }

    [Fact]
    public void ClippingByValueComesFirstThenTheNormThenTheDecay()
    {
        double[] p = [1, 0];
        ParameterUpdate.Apply<double>(new Sgd(1) { ClipValue = 3, ClipNorm = 2.5, WeightDecay = 0.5 }, this, p, [3, -100], Layouts.Flat(2));
        double factor = 2.5 / (Math.Sqrt(18) + 1e-6);
        p[0].ShouldBe(1 - (3 * factor) - 0.5, 1e-14);
        p[1].ShouldBe(3 * factor, 1e-14);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1001)]
    public void TheNormCountsEveryElement(int count)
    {
        float[] parameters = new float[count], gradients = new float[count];
        Array.Fill(gradients, 2);
        ParameterUpdate.Apply<float>(new Sgd(1) { ClipNorm = 1 }, this, parameters, gradients, Layouts.Flat(count));
        double expected = -2 / ((2 * Math.Sqrt(count)) + 1e-6);
        parameters.ShouldAllBe(p => Math.Abs(p - expected) < 1e-6);
    }

    // Sixteen values at a time, each to the sum of its place modulo four: the order of vectors of 256 bits, which every processor keeps.
    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(1001)]
    public void TheNormHasTheSameBitsOnEveryProcessor(int count)
    {
        Random random = new(count);
        Check([.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f)]);
        Check([.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)]);

        void Check<T>(T[] gradients) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            double[] squares = [.. gradients.Select(static g => double.CreateTruncating(g) * double.CreateTruncating(g))], sums = new double[16];
            int whole = count / 16 * 16;
            for (int i = 0; i < whole; i++)
            {
                sums[i % 16] += squares[i];
            }

            double[] fours = [.. Enumerable.Range(0, 4).Select(i => sums[i] + sums[i + 4] + (sums[i + 8] + sums[i + 12]))];
            double sum = squares[whole..].Aggregate(fours[0] + fours[1] + (fours[2] + fours[3]), static (sum, square) => sum + square);
            Sgd optimizer = new(0);
            ParameterUpdate.Apply<T>(optimizer, this, new T[count], gradients, Layouts.Flat(count));
            optimizer.GradientNorm.ShouldBe(Math.Sqrt(sum));
        }
    }

    [Fact]
    public void TheNormOfHugeGradientsDoesNotOverflow()
    {
        double[] p = [0, 0, 0];
        ParameterUpdate.Apply<double>(new Sgd(1) { ClipNorm = 1 }, this, p, [3e200, -4e200, 0], Layouts.Flat(3));
        p[0].ShouldBe(-0.6, 1e-12);
        p[1].ShouldBe(0.8, 1e-12);

        float[] q = [0, 0];
        ParameterUpdate.Apply<float>(new Sgd(1) { ClipNorm = 1 }, this, q, [3e30f, -4e30f], Layouts.Flat(2));
        q[0].ShouldBe(-0.6f, 1e-6f);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void AnUpdateThatOverflowsStopsBeforeAnythingChanges(string rule)
    {
        Overflows<float>(References[rule].Create, -45, 39);
        Overflows<double>(References[rule].Create, -320, 309);
    }

    // Steps with gradients, parameters and rates of any magnitude. What overflows is an error, after which the optimiser goes on to the same bits as a twin that was never asked for it.
    private static void Overflows<T>(Func<Optimizer> create, int smallest, int greatest) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        const int Count = 37;
        int failures = 0, steps = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            T Draw(int top) => T.CreateSaturating((random.Next(2) == 0 ? 1 : -1) * random.NextDouble() * Math.Pow(10, random.Next(smallest, top + 1))) is var x && T.IsFinite(x) ? x : T.One;
            Optimizer optimizer = create(), twin = create();
            T[] parameters = [.. Enumerable.Range(0, Count).Select(_ => Draw(seed % 3 == 0 ? greatest : 3))], same = [.. parameters];
            int top = seed % 2 == 0 ? greatest : 5;
            for (int step = 0; step < 30; step++)
            {
                T[] gradients = [.. Enumerable.Range(0, Count).Select(_ => Draw(top))];
                optimizer.LearningRate = random.Next(4) == 0 ? double.CreateTruncating(T.Abs(Draw(greatest - 2))) : 0.1;
                long count = optimizer.StepCount;
                double? norm = optimizer.GradientNorm;
                T[] before = [.. parameters];
                try
                {
                    ParameterUpdate.Apply<T>(optimizer, parameters, parameters, gradients, Layouts.Flat(Count));
                }
                catch (ArgumentOutOfRangeException)
                {
                    continue; // a constant of the rule is beyond the type
                }
                catch (NonFiniteException e)
                {
                    failures++;
                    e.Message.ShouldContain("overflows");
                    parameters.ShouldBe(before);
                    (optimizer.StepCount, optimizer.GradientNorm).ShouldBe((count, norm));
                    continue;
                }

                steps++;
                parameters.All(T.IsFinite).ShouldBeTrue();
                twin.LearningRate = optimizer.LearningRate;
                ParameterUpdate.Apply<T>(twin, same, same, gradients, Layouts.Flat(Count));
                parameters.ShouldBe(same);
            }
        }

        failures.ShouldBeGreaterThan(20);
        steps.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void AnUpdateThatOverflowsNamesTheParameter()
    {
        float[] parameters = [1, 2, 3];
        string message = Should.Throw<NonFiniteException>(() => ParameterUpdate.Apply<float>(new Sgd(1e30), this, parameters, [0, -1e10f, 0], Layouts.Flat(3))).Message;
        message.ShouldContain("head.weight[1] would be ");
        message.ShouldContain("at a learning rate of 1E+30");
        parameters.ShouldBe([1, 2, 3]);

        // A moment that overflows stops its parameter for ever; that is no update either.
        Should.Throw<NonFiniteException>(() => ParameterUpdate.Apply<float>(new Adam(), this, parameters, [0, 1e20f, 0], Layouts.Flat(3))).Message.ShouldContain("a moment of Adam");
        parameters.ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void AGradientThatIsNotFiniteStopsBeforeAnythingChanges(double bad)
    {
        ModelLayout layout = Layouts.Of(("rnn.weight_ih_l0", [4, 5]), ("head.bias", [3]));
        for (int at = 0; at < layout.ParameterCount; at++)
        {
            double[] parameters = [.. Enumerable.Repeat(1.0, 23)], gradients = [.. Enumerable.Repeat(0.5, 23)];
            gradients[at] = bad;
            Adam optimizer = new() { ClipNorm = 1, ClipValue = 0.1 };
            string message = Should.Throw<NonFiniteException>(() => ParameterUpdate.Apply<double>(optimizer, new object(), parameters, gradients, layout)).Message;
            message.ShouldContain(at < 20 ? $"rnn.weight_ih_l0[{at}]" : $"head.bias[{at - 20}]");
            parameters.ShouldAllBe(p => p == 1);
            optimizer.StepCount.ShouldBe(0);

            // It did not even take the model: another one may still have it.
            gradients[at] = 0.5;
            ParameterUpdate.Apply<double>(optimizer, this, parameters, gradients, layout);
        }
    }

    [Fact]
    public void AnOptimizerBelongsToItsFirstModel()
    {
        Adam optimizer = new();
        double[] p = [1];
        ParameterUpdate.Apply<double>(optimizer, "first", p, [1], s_one);
        double after = p[0];
        Should.Throw<InvalidOperationException>(() => ParameterUpdate.Apply<double>(optimizer, "second", p, [1], s_one)).Message.ShouldContain("belongs to another");
        p[0].ShouldBe(after);
        optimizer.StepCount.ShouldBe(1);
    }

    [Fact]
    public void LengthsAreChecked()
    {
        Should.Throw<ArgumentException>(() => ParameterUpdate.Apply<double>(new Sgd(1), this, new double[2], new double[1], s_one)).Message.ShouldContain("has 1 parameters");
        Should.Throw<ArgumentException>(() => ParameterUpdate.Apply<double>(new Sgd(1), this, new double[1], new double[2], s_one)).Message.ShouldContain("gradients has 2");
    }

    [Fact]
    public void SettingsAreChecked()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new Sgd(-1)).ParamName.ShouldBe("LearningRate");
        Should.Throw<ArgumentOutOfRangeException>(() => new Adam(double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => new Adam { ClipNorm = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new Adam { ClipValue = double.PositiveInfinity });
        Should.Throw<ArgumentOutOfRangeException>(() => new Adam { WeightDecay = -1 });
        Should.Throw<ArgumentOutOfRangeException>(() => new Adam { Beta1 = 1 });
        Should.Throw<ArgumentOutOfRangeException>(() => new Adam { Epsilon = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new RmsProp { Alpha = -0.1 });
        Should.Throw<InvalidOperationException>(() => Once(new Sgd(1) { Nesterov = true }, 0, 1)).Message.ShouldContain("Momentum = 0");
        Should.Throw<InvalidOperationException>(() => Once(new Sgd(1) { Nesterov = true, Momentum = 0.5, Dampening = 0.1 }, 0, 1));
        new Adam { ClipNorm = null }.ClipNorm.ShouldBeNull();
    }

    public static TheoryData<string, double> BeyondFloat => new()
    {
        { "LearningRate", 1e39 }, { "WeightDecay", 1e39 }, { "ClipNorm", 1e39 }, { "ClipNorm", 1e-60 }, { "ClipValue", 1e39 }, { "ClipValue", 1e-60 },
        { "Dampening", 1e39 }, { "Adam.Epsilon", 1e-60 }, { "Adam.Epsilon", 1e39 }, { "AdamW.Epsilon", 1e-60 }, { "RmsProp.Epsilon", 1e-60 }, { "Adagrad.Epsilon", 1e-60 },
        { "Adam.LearningRate", 1e38 }, { "AdamW.WeightDecay", 1e38 },
    };

    [Theory, MemberData(nameof(BeyondFloat))]
    public void WhatIsFiniteInDoubleAndNotInFloatIsRefusedBeforeAnythingChanges(string setting, double value)
    {
        Optimizer Create() => setting switch
        {
            "LearningRate" => new Sgd(value),
            "WeightDecay" => new RmsProp { WeightDecay = value },
            "ClipNorm" => new Adam { ClipNorm = value },
            "ClipValue" => new Adagrad { ClipValue = value },
            "Dampening" => new Sgd(0.1) { Momentum = 0.5, Dampening = value },
            "Adam.Epsilon" => new Adam { Epsilon = value },
            "AdamW.Epsilon" => new AdamW { Epsilon = value },
            "RmsProp.Epsilon" => new RmsProp { Epsilon = value },
            "Adagrad.Epsilon" => new Adagrad { Epsilon = value },
            // Divided by 1 - Beta1 it is beyond the range; and times the rate.
            "Adam.LearningRate" => new Adam(value),
            "AdamW.WeightDecay" => new AdamW(100) { WeightDecay = value },
            _ => throw new ArgumentException(setting),
        };
        Optimizer optimizer = Create();
        float[] parameters = [0.5f];
        ArgumentOutOfRangeException thrown = Should.Throw<ArgumentOutOfRangeException>(() => ParameterUpdate.Apply<float>(optimizer, this, parameters, [0f], s_one));
        thrown.Message.ShouldContain("number type, float");
        thrown.ParamName.ShouldNotBeNull().ShouldContain(setting.Split('.')[^1]);
        parameters.ShouldBe([0.5f]);
        (optimizer.StepCount, optimizer.GradientNorm).ShouldBe((0, null));

        // It is free for a model of doubles, where the number is within the range.
        double[] doubles = [0.5];
        ParameterUpdate.Apply<double>(optimizer, "another", doubles, [0.0], s_one);
        doubles.ShouldAllBe(p => double.IsFinite(p));
    }

    [Fact]
    public void DefaultsArePyTorchs()
    {
        Adam adam = new();
        (adam.LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon, adam.WeightDecay).ShouldBe((1e-3, 0.9, 0.999, 1e-8, 0));
        AdamW adamW = new();
        (adamW.LearningRate, adamW.Beta1, adamW.Beta2, adamW.Epsilon, adamW.WeightDecay).ShouldBe((1e-3, 0.9, 0.999, 1e-8, 0.01));
        RmsProp rmsProp = new();
        (rmsProp.LearningRate, rmsProp.Alpha, rmsProp.Epsilon, rmsProp.Momentum, rmsProp.Centered).ShouldBe((1e-2, 0.99, 1e-8, 0, false));
        Adagrad adagrad = new();
        (adagrad.LearningRate, adagrad.Epsilon).ShouldBe((1e-2, 1e-10));
        Sgd sgd = new(0.1);
        (sgd.Momentum, sgd.Dampening, sgd.Nesterov, sgd.WeightDecay, sgd.ClipNorm, sgd.ClipValue).ShouldBe((0, 0, false, 0, null, null));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void NothingIsAllocatedAfterTheFirstStep(string rule)
    {
        Allocated<float>(References[rule].Create()).ShouldBe(0);
        Allocated<double>(References[rule].Create()).ShouldBe(0);
    }

    [Fact]
    public void TheSameStepsGiveTheSameBits()
    {
        float[] a = Run(), b = Run();
        a.ShouldBe(b);

        static float[] Run()
        {
            Random random = new(1);
            float[] parameters = new float[999], gradients = new float[999];
            AdamW optimizer = new(0.01) { ClipNorm = 0.5, ClipValue = 0.4 };
            for (int step = 0; step < 10; step++)
            {
                for (int i = 0; i < gradients.Length; i++)
                {
                    gradients[i] = random.NextSingle() - 0.5f;
                }

                ParameterUpdate.Apply<float>(optimizer, parameters, parameters, gradients, Layouts.Flat(999));
            }

            return parameters;
        }
    }

    [Fact]
    public void AnElementsBitsDoNotDependOnItsPlace()
    {
        // The same parameter in each lane and in the rest that fills no vector.
        float[] parameters = new float[1003];
        Array.Fill(parameters, 0.3f);
        Adam optimizer = new(0.01) { WeightDecay = 0.1 };
        for (int step = 1; step < 10; step++)
        {
            float[] gradients = new float[1003];
            Array.Fill(gradients, 0.1f / step);
            ParameterUpdate.Apply<float>(optimizer, this, parameters, gradients, Layouts.Flat(1003));
        }

        parameters.Distinct().Count().ShouldBe(1);
    }

    private static long Allocated<T>(Optimizer optimizer) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        optimizer.ClipNorm = 1;
        optimizer.ClipValue = 0.5;
        ModelLayout layout = Layouts.Flat(1001);
        T[] parameters = new T[1001], gradients = new T[1001];
        Array.Fill(gradients, T.One);
        ParameterUpdate.Apply<T>(optimizer, parameters, parameters, gradients, layout);
        return Allocations.Of(() => ParameterUpdate.Apply<T>(optimizer, parameters, parameters, gradients, layout));
    }

    private static double Once(Optimizer optimizer, double parameter, double gradient)
    {
        double[] parameters = [parameter];
        ParameterUpdate.Apply<double>(optimizer, parameters, parameters, [gradient], s_one);
        return parameters[0];
    }
}
