namespace DandelionMl.AspNetCore.Resources;

/// <summary>The texts of the pages: <c>Texts.resx</c> in English, <c>Texts.fr.resx</c> in French. A key is the page's or component's name,
/// a dot, and the text's own; those that scripts use are given to them by <see cref="Pages.Shared.ScriptTexts"/>.</summary>
internal sealed class Texts;
