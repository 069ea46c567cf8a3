// What is asked of a page, inside it: each call does all that one screen needs. Uses `axe` and `faultsOf` (rules.js).
(() => {
  const ONLY_FITS = { type: 0, target: 0, main: 0, apart: -1, ems: 999, still: false, contrast: false };
  const FLAT = ".dock, .actions { position: static !important; }"; // what stays in view covers what axe looks at

  // axe's rule of contrast with the bounds of its enhanced one (WCAG 1.4.6), which it would ask as a second, equal round.
  const CONTRAST = {
    ignoreUnicode: true, ignoreLength: false, ignorePseudo: false, boldValue: 700, boldTextPt: 14, largeTextPt: 18,
    contrastRatio: { normal: { expected: 7 }, large: { expected: 4.5 } },
    pseudoSizeThreshold: 0.25, shadowOutlineEmMax: 0.1, textStrokeEmMin: 0.03,
  };
  const ANSWER = { resultTypes: ["violations"], preload: false, checks: { "color-contrast": { options: CONTRAST } } };
  const but = (without) => ({
    rules: { "target-size": { enabled: true }, ...Object.fromEntries(without.map((id) => [id, { enabled: false }])) },
  });

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
  // What is shown and axe has not seen yet: without its parts, for axe looks at all in an element.
  const seen = new WeakSet();
  const unseen = () => {
    const found = [...document.querySelectorAll("*")].filter((one) => isShown(one) && !seen.has(one));
    for (const one of found) seen.add(one);
    const all = new Set(found);
    return found.filter((one) => !all.has(one.parentElement));
  };
  const violations = async (scope, elements = document) => {
    const answer = await axe.run(elements, { ...ANSWER, ...scope });
    const found = answer.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`);
    return answer.passes.length || elements !== document ? found : [...found, "axe looked at nothing"];
  };

  window.looks = {
    measured: (all, limits) => all.map((look) => { putOn(look); return faultsOf(limits); }),

    fitting(sheets, look) {
      putOn(look);
      const found = sheets.map((rules) => { wear(rules); return faultsOf(ONLY_FITS); });
      wear("");
      return found;
    },

    audited: (without = []) => violations(but(without)),

    // What our own rules ask besides places: contrast, links, what covers what, what scrolls.
    seen: () => faultsOf({ ...ONLY_FITS, contrast: true }),

    // Our own rules at every look, and axe's on what no look before this one has shown.
    async looked(all, limits, without) {
      const found = [];
      for (const look of all) {
        putOn(look);
        const faults = faultsOf(limits);
        const fresh = unseen();
        if (fresh.length) {
          wear(FLAT);
          faults.push(...await violations(but(without), fresh.includes(document.documentElement) ? document : fresh));
          wear("");
        }
        found.push(faults);
      }
      return found;
    },
  };
})();
