import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { findProgram } from "./captureTarget.js";

const WINDOWS = process.platform === "win32";
const NAMES = WINDOWS ? ["python.exe", "python3.exe"] : ["python3", "python"];

/** What is used of the Python extension's interface (https://aka.ms/pythonEnvironmentApi). */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/**
 * The Python that runs a file: of the setting, else the one selected in the Python extension, else on the PATH.
 * Undefined where there is none.
 */
export async function findInterpreter(file: vscode.Uri): Promise<string | undefined> {
  const setting = vscode.workspace.getConfiguration("ouroboros", file).get<string>("python", "").trim();
  if (setting !== "") return expand(setting, file);
  return (await selectedInterpreter(file)) ?? findProgram(NAMES, process.env["PATH"] ?? "", isProgram);
}

function expand(setting: string, file: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? "";
  const path = setting.replace(/^~(?=$|[\\/])/, () => homedir());
  return path.replace(/\$\{workspaceFolder\}/g, () => folder);
}

async function selectedInterpreter(file: vscode.Uri): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  if (!extension) return undefined;
  try {
    const { environments } = await extension.activate();
    const active = environments?.getActiveEnvironmentPath(file);
    if (!environments || !active) return undefined;
    return (await environments.resolveEnvironment(active))?.executable.uri?.fsPath;
  } catch {
    // Another extension's trouble must not keep from capturing.
    return undefined;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, WINDOWS ? constants.F_OK : constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
