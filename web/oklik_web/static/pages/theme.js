// Before anything is drawn: dark where the person chose it or, having chosen nothing, where their system is dark.
if (!document.documentElement.dataset.bsTheme && matchMedia("(prefers-color-scheme: dark)").matches)
  document.documentElement.dataset.bsTheme = "dark";
