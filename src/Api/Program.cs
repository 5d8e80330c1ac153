using System.CommandLine;
using Zaqar.Api.Hosting;

var root = new RootCommand("Zaqar for .NET: the OpenStack Messaging API v2 on an event log.");
root.Subcommands.Add(ServeCommand.Create());
root.Subcommands.Add(RebuildCommand.Create());

// Signals are the host's: it drains before it goes. The library would end the process after two seconds.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
