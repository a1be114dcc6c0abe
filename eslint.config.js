import { builtinRules } from "eslint/use-at-your-own-risk";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// One rule has one severity, so the lower bound on file length is the same rule under a second name.
const local = { rules: { "long-file": builtinRules.get("max-lines") } };

export default defineConfig(
  { ignores: ["dist/", ".cache/", "node_modules/", "coverage/", "src/capture/python/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-constructor-return": "error",
      "no-promise-executor-return": "error",
      "no-template-curly-in-string": "error",
      "no-self-compare": "error",
      "no-unused-vars": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.ts", "**/*.tsx"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      // A map's entry that is there by construction.
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["src/**/*.ts", "src/**/*.tsx"],
    plugins: { local },
    rules: {
      "local/long-file": ["warn", { max: 300 }],
      "max-lines": ["error", { max: 400 }],
      "no-console": "error",
    },
  },
  { files: ["src/cli/**"], rules: { "no-console": "off" } },
  {
    // mocha's `this` and chains of assertions
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-expressions": "off" },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: { sourceType: "commonjs" },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
