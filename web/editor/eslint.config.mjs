// What a type checker does not see: unused things, hooks out of order, floating promises are left to reviews.
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["node_modules", "dist"] },
  ...typescript.configs.strict,
  { plugins: { "react-hooks": hooks }, rules: hooks.configs.recommended.rules },
  { rules: { "@typescript-eslint/no-non-null-assertion": "off" } },
);
