#!/usr/bin/env bash
# Pack the extension for VS Code, with the version and the grammar of the package, to the file that is named.
set -euo pipefail
vsix=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp editors/vscode/*.js* editors/vscode/README.md "$work"
cp grammar/arch.tmLanguage.json LICENSE "$work"
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' symparams/version.py)
cd "$work"
npm version --no-git-tag-version --silent "$version" > /dev/null
npm install --silent --no-audit --no-fund > /dev/null
npx esbuild extension.js --bundle --platform=node --external:vscode --minify --outfile=packed.js --log-level=error
mv packed.js extension.js
npx vsce package --no-dependencies --out "$vsix" --allow-missing-repository > /dev/null
unzip -l "$vsix" > "$work/listed"
for file in extension.js arch.tmLanguage.json language-configuration.json readme.md LICENSE.txt; do
    grep -q "extension/$file" "$work/listed" || { echo "the extension lacks $file"; exit 1; }
done
unzip -p "$vsix" extension/package.json | grep -q "\"version\": \"$version\""
unzip -p "$vsix" extension/extension.js | node --check -
