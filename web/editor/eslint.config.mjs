// What a type checker does not see: unused things, hooks out of order, effects with stale values.
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["node_modules", "dist"] },
  ...typescript.configs.strict,
  { plugins: { "react-hooks": hooks }, rules: hooks.configs.recommended.rules },
  {
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      // Records by name are what a document is made of.
      "@typescript-eslint/no-dynamic-delete": "off",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" },
      ],
      // What is half typed follows the document when that changes by other ways: undo, paste, somebody else.
      "react-hooks/set-state-in-effect": "off",
    },
  },
);
