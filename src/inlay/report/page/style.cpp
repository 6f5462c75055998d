#include "inlay/report/page/style.hpp"

namespace inlay::report::page {

std::string page_style() {
  return R"(
* { box-sizing: border-box; }
html { background: var(--page); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  max-width: 1280px; margin: 0 auto; padding: 32px 32px 64px; }
h1 { font-size: 30px; line-height: 1.2; margin: 2px 0 8px; font-weight: 650; letter-spacing: -.01em;
  overflow-wrap: anywhere; }
h2 { font-size: 20px; margin: 0 0 10px; font-weight: 620; }
h3 { font-size: 15.5px; margin: 22px 0 8px; font-weight: 620; }
section { margin-top: 44px; } p { margin: 0 0 12px; max-width: 80ch; }
.eyebrow { color: var(--quiet); font-size: 13px; margin: 0; }
.lead { font-size: 17px; max-width: 90ch; } .quiet { color: var(--quiet); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 12px; margin: 20px 0; padding: 0; }
.tile { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
.tile dt { color: var(--quiet); font-size: 13px; } .tile dd { margin: 0; }
.tile { min-width: 0; overflow-wrap: anywhere; }
.tile .value { font-size: clamp(17px, 5vw, 23px); font-weight: 620; font-variant-numeric: tabular-nums; }
.tile .more { color: var(--quiet); font-size: 13px; }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 20px; margin: 0; font-size: 14px;
  align-content: start; }
dl.facts dt { color: var(--quiet); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 8px 48px; }
.beside { display: flex; flex-wrap: wrap; gap: 0 40px; align-items: flex-start; }
.beside figure { flex: 0 1 auto; } .beside > div { flex: 1 1 340px; min-width: 0; }
figure { margin: 14px 0; overflow-x: auto; } figure svg { max-width: 100%; min-width: 640px; height: auto; display: block; }
.scroll { overflow-x: auto; margin: 12px 0; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
caption { text-align: left; color: var(--quiet); font-size: 13px; padding-bottom: 4px; }
th, td { padding: 5px 12px 5px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 550; border-bottom: 1.5px solid var(--link); white-space: nowrap; }
tbody th { font-weight: 450; } th.name, td.name { overflow-wrap: break-word; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.best th, tr.best td { font-weight: 640; background: var(--panel); }
details { border: 1px solid var(--line); border-radius: 10px; padding: 10px 16px; margin: 10px 0; }
summary { cursor: pointer; font-weight: 550; } summary .quiet { font-weight: 400; }
ul { margin: 8px 0; padding-left: 20px; } li { margin: 3px 0; max-width: 100ch; }
code { font: 12.5px ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; }
footer { margin-top: 48px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--quiet); font-size: 13px; }
#tip { position: fixed; z-index: 9; max-width: 440px; background: var(--ink); color: var(--page); padding: 7px 11px;
  border-radius: 7px; font-size: 12.5px; line-height: 1.45; white-space: pre-line; pointer-events: none; display: none; }
@media (max-width: 700px) { body { padding: 18px 14px 40px; } .columns { grid-template-columns: minmax(0, 1fr); }
  dl.facts { grid-template-columns: minmax(0, 1fr); } dl.facts dd { margin-bottom: 6px; } }
@media print { :root { --ink:#000; --quiet:#444; --page:#fff; --panel:#f6f6f6; --line:#ccc; }
  html, body { background: #fff; } body { max-width: none; padding: 0; font-size: 11pt; }
  section { margin-top: 26px; } figure, .tile, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } #tip { display: none !important; } }
)";
}

std::string page_script() {
  return R"(
(function () {
  var tip = document.createElement('div');
  tip.id = 'tip';
  document.body.appendChild(tip);
  document.querySelectorAll('svg[role=img]').forEach(function (svg) {
    svg.querySelectorAll('title').forEach(function (title) {
      var owner = title.parentNode;
      owner.setAttribute(owner === svg ? 'aria-label' : 'data-tip', title.textContent);
      title.remove();
    });
  });
  document.addEventListener('pointermove', function (event) {
    var owner = event.target.closest ? event.target.closest('[data-tip]') : null;
    tip.style.display = owner ? 'block' : 'none';
    if (!owner) { return; }
    tip.textContent = owner.getAttribute('data-tip');
    var left = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
    var below = event.clientY + 16;
    var fits = below + tip.offsetHeight < window.innerHeight;
    tip.style.left = Math.max(left, 4) + 'px';
    tip.style.top = Math.max(fits ? below : event.clientY - tip.offsetHeight - 12, 4) + 'px';
  });
})();
)";
}

}  // namespace inlay::report::page
