// The extension for VS Code: it starts `symparams lsp`, which knows all else.
const { window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const command = workspace.getConfiguration("symparams").get("command");
  const server = { command, args: ["lsp"] };
  client = new LanguageClient("symparams", "symparams", server, { documentSelector: [{ language: "arch" }] });
  try {
    await client.start();
  } catch (error) {
    const remedy = 'Install it with pip install "symparams[lsp]", and set symparams.command to its path.';
    window.showErrorMessage(`${command} lsp did not start: ${error?.message ?? error ?? "it ended"}. ${remedy}`);
  }
};

exports.deactivate = () => (client?.isRunning() ? client.stop() : undefined);
