using System.CommandLine;
using DandelionMl.AspNetCore.Security.Credentials;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion admin</c>: who may administer a host. A host that runs takes changes over by itself.</summary>
internal static class AdminCommand
{
    private const string Passwords = nameof(AdminOptions.Passwords);
    private const string ApiKeys = nameof(AdminOptions.ApiKeys);

    public static Command Create(CommonOptions options) => new("admin", "Manage the administrators' passwords and the keys of programs.")
    {
        SetPassword(options),
        Remove("remove-password", "Remove a person's password and end that person's sessions.", Passwords, DefaultName(), options),
        List("list-people", "List the people who have a password.", Passwords, options),
        CreateKey(options),
        Remove("revoke-key", "Revoke a program's key.", ApiKeys, NameArgument(), options),
        List("list-keys", "List the keys, by name.", ApiKeys, options),
    };

    private static Command SetPassword(CommonOptions options)
    {
        var (name, print) = (DefaultName(), PrintOption());
        var command = new Command(
            "set-password",
            $"Set a person's password ({AdminPassword.MinLength} characters or more), typed without echo or read from the first line of standard input. This ends the person's sessions.")
        { name, print };
        command.SetAction((parseResult, cancellationToken) => AdminContext.RunAsync(parseResult, options, async context =>
        {
            var person = AdminContext.CheckName(parseResult.GetRequiredValue(name));
            var password = await SecretPrompt.ReadNewPasswordAsync(person, cancellationToken).ConfigureAwait(false);
            if (AdminPassword.Weakness(password, person) is { } weakness)
            {
                throw new AdminCommandException(weakness);
            }

            context.Keep(Passwords, person, AdminPassword.Hash(password), parseResult.GetValue(print), key: null);
        }));
        return command;
    }

    private static Command CreateKey(CommonOptions options)
    {
        var (name, print) = (NameArgument(), PrintOption());
        var command = new Command("create-key", "Create a key for a program and print it once; only its hash is stored.") { name, print };
        command.SetAction((parseResult, _) => AdminContext.RunAsync(parseResult, options, context =>
        {
            var program = AdminContext.CheckName(parseResult.GetRequiredValue(name));
            if (context.Names(ApiKeys).Contains(program, StringComparer.OrdinalIgnoreCase))
            {
                throw new AdminCommandException($"The key '{program}' already exists. Revoke it first, or choose another name.");
            }

            var key = ApiKey.Create();
            context.Keep(ApiKeys, program, ApiKey.Hash(key), parseResult.GetValue(print), key);
            return Task.CompletedTask;
        }));
        return command;
    }

    private static Command Remove(string verb, string description, string section, Argument<string> name, CommonOptions options)
    {
        var command = new Command(verb, description) { name };
        command.SetAction((parseResult, _) => AdminContext.RunAsync(parseResult, options, context =>
        {
            context.Remove(section, parseResult.GetRequiredValue(name));
            return Task.CompletedTask;
        }));
        return command;
    }

    private static Command List(string verb, string description, string section, CommonOptions options)
    {
        var command = new Command(verb, description);
        command.SetAction((parseResult, _) => AdminContext.RunAsync(parseResult, options, context =>
        {
            var names = context.Names(section).ToList();
            context.Terminal.WriteResult(names, console =>
            {
                foreach (var name in names.DefaultIfEmpty("None."))
                {
                    console.WriteLine(name);
                }
            });
            return Task.CompletedTask;
        }));
        return command;
    }

    private static Argument<string> NameArgument() => new("name") { Description = "The program's name, as shown in the history." };

    private static Argument<string> DefaultName() => new("name")
    {
        Description = $"The person's name. Default: {AdminName.Default}.",
        DefaultValueFactory = _ => AdminName.Default,
    };

    private static Option<bool> PrintOption() =>
        new("--print") { Description = "Print the setting for an environment variable or a secret; store nothing." };
}

/// <summary>A command about who may administer can't be done.</summary>
internal sealed class AdminCommandException(string message) : DandelionMlException(message);
