// What is asked of a page, inside it: each call does all that one screen needs. Uses `axe` and `faultsOf` (rules.js).
(() => {
  const ONLY_FITS = { type: 0, target: 0, main: 0, apart: -1, ems: 999, still: false };
  const FLAT = ".dock, .actions { position: static !important; }"; // what stays in view covers what axe looks at

  // axe's rule of contrast with the bounds of its enhanced one (WCAG 1.4.6), which it would ask as a second, equal round.
  const CONTRAST = {
    ignoreUnicode: true, ignoreLength: false, ignorePseudo: false, boldValue: 700, boldTextPt: 14, largeTextPt: 18,
    contrastRatio: { normal: { expected: 7 }, large: { expected: 4.5 } },
    pseudoSizeThreshold: 0.25, shadowOutlineEmMax: 0.1, textStrokeEmMin: 0.03,
  };
  const ANSWER = { resultTypes: ["violations"], preload: false, checks: { "color-contrast": { options: CONTRAST } } };
  const ALL = { rules: { "target-size": { enabled: true } } };
  // The others answer alike as long as the same elements are shown.
  const OF_LAYOUT = { runOnly: ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable"] };

  const putOn = ([size, contrast]) => {
    const root = document.documentElement;
    if (!root.classList.contains("terminal")) return;
    root.className = root.className.replace(/size-\d/, `size-${size}`).replace(/contrast-\w+/, `contrast-${contrast}`);
  };
  const wear = (rules) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets = [sheet];
  };
  const isShown = (one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const shown = () => [...document.querySelectorAll("*")].map((one) => Number(isShown(one))).join("");
  const asked = new Set();
  const violations = async (scope) => {
    const answer = await axe.run(document, { ...ANSWER, ...scope });
    const found = answer.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`);
    return answer.passes.length ? found : [...found, "axe looked at nothing"];
  };

  window.looks = {
    measured: (all, limits) => all.map((look) => { putOn(look); return faultsOf(limits); }),

    fitting(sheets, look) {
      putOn(look);
      const found = sheets.map((rules) => { wear(rules); return faultsOf(ONLY_FITS); });
      wear("");
      return found;
    },

    audited: (without = []) => violations({ rules: { ...ALL.rules, ...Object.fromEntries(without.map((id) => [id, { enabled: false }])) } }),

    async axed(all) {
      const found = [];
      wear(FLAT);
      for (const look of all) {
        putOn(look);
        const now = shown();
        found.push(await violations(asked.has(now) ? OF_LAYOUT : ALL));
        asked.add(now);
      }
      wear("");
      return found;
    },
  };
})();
