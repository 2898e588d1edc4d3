// Texts with values as texts/__init__.py has them: "{name}", "{n:one|few|many}"; whole numbers with their thousands parted.

export function speaker(words, language) {
  const rules = new Intl.PluralRules(language);
  const forms = language.startsWith("ru") ? ["one", "few", "many"] : ["one", "other"];
  return (key, values = {}) =>
    words[key].replace(/\{(\w+)(?::([^}]*))?\}/g, (_, name, plural) => {
      const value = values[name];
      if (!plural) return typeof value === "number" ? value.toLocaleString(language) : String(value);
      const at = forms.indexOf(rules.select(value));
      return plural.split("|")[at < 0 ? Math.min(1, forms.length - 1) : at];
    });
}
