namespace DandelionMl.Mlflow.Tests;

public sealed class MlflowOptionsValidatorTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "no address", "DandelionMl:Mlflow:TrackingUri is empty: it must be the address of an MLflow server, such as http://mlflow:5000." },
        { "a folder", "DandelionMl:Mlflow:TrackingUri is 'file:///mlruns': it must begin with http:// or https://." },
        {
            "a password in the address",
            "DandelionMl:Mlflow:TrackingUri is for 'mlflow' and contains credentials: set them as Username and Password."
        },
        { "a query", "DandelionMl:Mlflow:TrackingUri is 'http://mlflow/x' with a query or fragment: remove it." },
        { "a user alone", "DandelionMl:Mlflow:Password is empty: set both Username and Password, or neither." },
        { "a token and a user", "DandelionMl:Mlflow: both Token and Username are set: a request has one of them." },
        { "a token of two lines", "DandelionMl:Mlflow:Token has spaces, line breaks or characters beyond ASCII: remove them." },
        {
            "a workspace in capitals",
            "DandelionMl:Mlflow:Workspace is 'Team A': it must be lower-case letters, digits and hyphens, with a letter or digit at both ends."
        },
        { "a model with a slash", "DandelionMl:Mlflow:RegisteredModel is 'a/b': it must be 1 to 250 characters, without '/', ':' and quotes." },
        { "no experiment", "DandelionMl:Mlflow:Experiment is '': it must be 1 to 500 characters." },
        { "no time", "DandelionMl:Mlflow:Timeout is 00:00:00: it must be 00:00:01 to 00:02:00." },
        { "no age", "DandelionMl:Mlflow:MaximumAge is 00:00:00: it must be 00:01:00 to 3650.00:00:00." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_setting_is_named_without_its_secret(string wrong, string message)
    {
        var options = new MlflowOptions { TrackingUri = new Uri("http://mlflow:5000") };
        switch (wrong)
        {
            case "no address": options.TrackingUri = null; break;
            case "a folder": options.TrackingUri = new Uri("file:///mlruns"); break;
            case "a password in the address": options.TrackingUri = new Uri("http://ann:hunter2@mlflow"); break;
            case "a query": options.TrackingUri = new Uri("http://mlflow/x?y=1"); break;
            case "a user alone": options.Username = "ann"; break;
            case "a token and a user": (options.Token, options.Username, options.Password) = ("hunter2", "ann", "hunter2"); break;
            case "a token of two lines": options.Token = "hunter2\r\nX: y"; break;
            case "a workspace in capitals": options.Workspace = "Team A"; break;
            case "a model with a slash": options.RegisteredModel = "a/b"; break;
            case "no experiment": options.Experiment = ""; break;
            case "no time": options.Timeout = TimeSpan.Zero; break;
            case "no age": options.MaximumAge = TimeSpan.Zero; break;
            default: throw new ArgumentOutOfRangeException(nameof(wrong), wrong, "An unknown case.");
        }

        var result = new MlflowOptionsValidator("DandelionMl:Mlflow").Validate(null, options);

        Assert.Equal([message], result.Failures);
    }

    [Theory]
    [InlineData("http://mlflow:5000")]
    [InlineData("https://mlflow.example.org/tracking/")]
    public void Right_settings_pass(string address) =>
        Assert.True(new MlflowOptionsValidator("x").Validate(null, new MlflowOptions { TrackingUri = new Uri(address), Workspace = "team-a" }).Succeeded);
}
