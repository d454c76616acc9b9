namespace DandelionMl.Mlflow;

/// <summary>Which MLflow server the trainings are mirrored to, and how. Configuration section <c>DandelionMl:Mlflow</c>.</summary>
public sealed class MlflowOptions
{
    /// <summary>Address of the tracking server, such as <c>http://mlflow:5000</c>, with its static prefix if it has one; http or https. Must be
    /// set.</summary>
    public Uri? TrackingUri { get; set; }

    /// <summary>The experiment that runs belong to; <c>DINOv2_Classifier</c> by default. 1 to 500 characters. Made where it is
    /// missing.</summary>
    public string Experiment { get; set; } = "DINOv2_Classifier";

    /// <summary>The registered model whose versions have the aliases <c>champion</c> and <c>candidate</c>; <c>dandelion</c> by default. 1 to 250
    /// characters, no <c>/</c>, <c>:</c> or quotes. Made where it is missing. Classifiers that share a server need one each.</summary>
    public string RegisteredModel { get; set; } = "dandelion";

    /// <summary>The user, with <see cref="Password"/>; null, the default, for none.</summary>
    public string? Username { get; set; }

    /// <summary>Password of the <see cref="Username"/>; never logged or shown.</summary>
    public string? Password { get; set; }

    /// <summary>A bearer token, for a server behind a proxy that asks for one; never logged or shown. Null, the default, for none. MLflow's own
    /// authentication takes a <see cref="Username"/> and a <see cref="Password"/> instead.</summary>
    public string? Token { get; set; }

    /// <summary>The workspace, of a server that has them; sent as <c>X-MLFLOW-WORKSPACE</c>. Lower-case letters, digits and hyphens. Null, the
    /// default, for none: a server without workspaces refuses every request that names one.</summary>
    public string? Workspace { get; set; }

    /// <summary>The longest wait for an answer, sending included; 30 seconds by default, 1 second to 2 minutes. What took longer is tried
    /// again.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a training is tried to be mirrored; 30 days by default, 1 minute to 10 years. It also says how much of the past is
    /// mirrored when MLflow is first set up. The champion is mirrored however old it is.</summary>
    public TimeSpan MaximumAge { get; set; } = TimeSpan.FromDays(30);
}
