namespace DandelionMl.Shadowing;

/// <summary>A version can't be the champion's shadow; nothing was changed.</summary>
internal sealed class ShadowRefusedException(string message) : DandelionMlException(message);
