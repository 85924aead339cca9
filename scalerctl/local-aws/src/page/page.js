"use strict";

const at = id => document.getElementById(id);
const MOST = { decisions: 60, calls: 150 };
const PICTURE_INTERVAL = 2000;
const narrow = matchMedia("(max-width: 45rem)");

/** An element. Text is never read as HTML. */
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter(child => child !== null));
  return element;
}

// The clock.

let clock = null;

function present() {
  return clock && clock.now + (performance.now() - clock.since) * clock.speed;
}

const iso = milliseconds => new Date(milliseconds).toISOString();
const timeOf = text => iso(Date.parse(text)).slice(11, 19);

function left(text) {
  const seconds = Math.round((Date.parse(text) - present()) / 1000);
  if (seconds <= 0) return "now";
  if (seconds < 90) return `in ${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `in ${minutes} min` : `in ${Math.round(minutes / 60)} h`;
}

function tick() {
  if (!clock) return;
  const now = iso(present());
  at("time").textContent = now.slice(11, 19);
  at("date").textContent = `${now.slice(0, 10)}, simulated time, UTC`;
  for (const element of document.querySelectorAll("[data-until]")) {
    element.textContent = left(element.dataset.until);
  }
}

// The state.

const STATES = { OK: "good", ALARM: "bad", INSUFFICIENT_DATA: "calm" };

function fact(name, value, ...more) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, value, ...more.map(it => make("small", {}, it))));
}

function until(text) {
  const element = make("span", {}, left(text));
  element.dataset.until = text;
  return element;
}

function recordFact(record) {
  const names = { lease: "Lease", work: "Work record", hold: "Hold" };
  const isLive = Date.parse(record.ends_at) > present();
  const more = isLive ? until(record.ends_at) : `over; action at ${timeOf(record.release)}`;
  return fact(names[record.name] ?? record.name, `until ${timeOf(record.ends_at)}`, more);
}

function floorFact(variant) {
  const [min, max] = variant.bounds ?? [0, 0];
  if (!variant.bounds) return fact("Floor", "not registered");
  const bounds = `MinCapacity ${min}, MaxCapacity ${max}` + (variant.suspended ? ", suspended" : "");
  switch (variant.floor.kind) {
    case "ours": return fact("Floor", `${min} until ${timeOf(variant.floor.until)}`, bounds);
    case "owners": return fact("Floor", `${min}, of the owner`, bounds);
    default: return fact("Floor", "none", bounds);
  }
}

function facts(endpoint, variant) {
  const instances = `${variant.in_service} in service`;
  const shown = endpoint.datapoint
    ? `CloudWatch shows ${endpoint.datapoint.value} at ${timeOf(endpoint.datapoint.at).slice(0, 5)}`
    : "CloudWatch shows no datapoint";
  const records = variant.records.length ? variant.records.map(recordFact) : [fact("Lease", "none")];
  const list = make("dl", { className: "facts" },
    fact("Queue", `${endpoint.waiting} waiting, ${endpoint.running} running`, shown),
    fact("Instances", instances, `${variant.desired} desired`),
    ...records,
    floorFact(variant));
  if (variant.others.length) list.append(fact("Other scheduled actions", variant.others.join(", ")));
  return list;
}

function alarms(all) {
  if (!all.length) return make("p", { className: "note" }, "No alarm watches this endpoint.");
  return make("ul", { className: "alarms" }, ...all.map(alarm => make("li", { className: STATES[alarm.state] ?? "calm" },
    make("strong", {}, alarm.state), " ", make("span", {}, alarm.name),
    make("small", {}, `${alarm.rule}; since ${timeOf(alarm.since)}; last datapoints: `
      + (alarm.datapoints.length ? alarm.datapoints.map(value => +value.toFixed(2)).join(", ") : "none")))));
}

const BADGES = { InService: "good", Failed: "bad", UpdateRollbackFailed: "bad", OutOfService: "bad" };

/** The sections stay in the document, so that pictures do not flicker. */
const sections = new Map();

function sectionOf(endpoint) {
  const variants = endpoint.variants.map(variant => variant.name).join("/");
  const known = sections.get(endpoint.name);
  if (known && known.variants === variants) return known;
  known?.element.remove();
  const element = make("section", { className: "endpoint" });
  element.append(make("h2", {}, endpoint.name, make("span", { className: "badge" })), make("p", { className: "reason bad" }));
  const alarmsPlace = make("div", {});
  const places = endpoint.variants.map(variant => {
    const place = make("div", {});
    const picture = make("div", { className: "picture", role: "img" });
    picture.setAttribute("aria-label",
      `Backlog, alarms, lease and instances over time: ${endpoint.name}, variant ${variant.name}`);
    Object.assign(picture.dataset, { endpoint: endpoint.name, variant: variant.name });
    element.append(make("div", { className: "variant" },
      endpoint.variants.length > 1 ? make("h3", {}, `Variant ${variant.name}`) : null, place,
      make("figure", {}, picture)));
    return place;
  });
  element.append(alarmsPlace);
  const section = { element, variants, places, alarmsPlace };
  sections.set(endpoint.name, section);
  return section;
}

function showEndpoint(endpoint) {
  const section = sectionOf(endpoint);
  const badge = section.element.querySelector(".badge");
  badge.textContent = endpoint.status;
  badge.className = `badge ${BADGES[endpoint.status] ?? "busy"}`;
  section.element.querySelector(".reason").textContent = endpoint.failure_reason ?? "";
  section.alarmsPlace.replaceChildren(alarms(endpoint.alarms));
  endpoint.variants.forEach((variant, index) => section.places[index].replaceChildren(facts(endpoint, variant)));
  return section.element;
}

/** Changes the options of a choice only if they differ, so that an open one stays open. */
function setOptions(select, options) {
  const key = JSON.stringify(options);
  if (select.dataset.options === key) return false;
  const chosen = select.value;
  select.dataset.options = key;
  select.replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
  return true;
}

let uploads = [];
let uploaded = 0;

function proposeKey() {
  const target = uploads[at("upload-target").value];
  at("upload-form").hidden = !target;
  if (!target) return;
  at("upload-key").value = `${target.prefix}input-${uploaded + 1}${target.suffix}`;
  at("request-label").hidden = !target.endpoint;
}

function showFaults(faults) {
  const place = at("faults");
  if (place.querySelectorAll("input").length !== faults.length) {
    place.querySelectorAll("label").forEach(label => label.remove());
    for (const fault of faults) {
      const input = make("input", { type: "checkbox", name: fault.name });
      input.addEventListener("change", () => send("fault", { fault: fault.name, present: input.checked })
        .then(done => { if (!done) input.checked = !input.checked; }));
      place.append(make("label", { className: "check" }, input,
        make("span", {}, fault.name, make("small", {}, fault.description))));
    }
  }
  for (const fault of faults) place.querySelector(`input[name="${fault.name}"]`).checked = fault.present;
}

function showState(state) {
  if (!state) return;
  const first = clock === null;
  const changed = !first && clock.speed !== state.speed;
  clock = { now: Date.parse(state.now), since: performance.now(), speed: state.speed };
  if (first || changed) at("speed").value = state.speed;
  connected(state.speed);
  const shown = state.endpoints.map(showEndpoint);
  for (const [name, section] of sections) {
    if (!state.endpoints.some(endpoint => endpoint.name === name)) {
      section.element.remove();
      sections.delete(name);
    }
  }
  const place = at("endpoints");
  if (shown.some((element, index) => place.children[index] !== element)) place.replaceChildren(...shown);
  setOptions(at("invoke-endpoint"), state.endpoints.map(({ name }) => [name, name]));
  uploads = state.uploads;
  const name = ({ bucket, endpoint }) => endpoint ? `${bucket} (${endpoint})` : bucket;
  if (setOptions(at("upload-target"), uploads.map((it, index) => [String(index), name(it)]))) proposeKey();
  showFaults(state.faults);
  tick();
}

// What happens.

const span = (className, text) => make("span", { className }, text);
const timeElement = text => make("time", { dateTime: text }, timeOf(text));

const ACTIONS = { wake: "busy", hold: "busy", sleep: "good", release: "good" };

function decision({ at: when, decision }) {
  const change = decision.from !== decision.to && decision.to !== undefined && decision.to !== null
    ? `, ${decision.from} to ${decision.to} instances` : "";
  const of = `${decision.endpoint} ${decision.variant ?? ""}`;
  const named = decision.variant && decision.variant !== "AllTraffic" ? of : decision.endpoint;
  const key = [decision.signal, decision.action, decision.reason, change].join(" ");
  const action = make("strong", { className: ACTIONS[decision.action] ?? "" }, decision.action);
  const item = make("li", {}, timeElement(when), " ", action, ` (${decision.reason})${change} `,
    make("small", {}, `${decision.signal}, ${named}`), span("times", ""));
  return { item, key, of };
}

function logged({ at: when, line }) {
  const text = line.fields?.message ?? line.message ?? "";
  return { item: make("li", {}, timeElement(when), " ", span("bad", text)), key: null };
}

function call({ at: when, operation, resource, arguments: given, outcome, write }) {
  const parts = [resource, given].filter(part => part);
  const item = make("li", { className: write ? "write" : "read" }, timeElement(when), " ",
    write ? make("strong", {}, operation) : operation, " ", make("small", {}, parts.join(" ")), " ",
    outcome === "ok" ? null : span("bad", outcome));
  return item;
}

function refused({ at: when, service, operation, outcome, message }) {
  return make("li", { className: "write" }, timeElement(when), ` ${service} ${operation} `, span("bad", `${outcome}: ${message}`));
}

function addTo(list, item, most) {
  const place = at(list);
  // A reader who has scrolled down stays where they are.
  const before = place.scrollTop > 0 ? place.scrollHeight : 0;
  place.prepend(item);
  while (place.children.length > most) place.lastChild.remove();
  if (before) place.scrollTop += place.scrollHeight - before;
}

/** The last item of each variant. */
const lastOf = new Map();

/** Equal decisions for a variant in a row are one item, with their number and the time of the last one. */
function addDecision({ item, key, of }) {
  const last = key ? lastOf.get(of) : null;
  const times = last?.isConnected && last.dataset.key === key ? Number(last.dataset.times) + 1 : 1;
  if (key) {
    Object.assign(item.dataset, { key, times });
    lastOf.set(of, item);
  }
  if (times > 1) {
    item.querySelector(".times").textContent = ` ${times} times`;
    last.remove();
  }
  addTo("decisions", item, MOST.decisions);
}

function add(it) {
  switch (it.event) {
    case "decision": return addDecision(decision(it));
    case "log": return addDecision(logged(it));
    case "note": return addDecision({ item: make("li", {}, timeElement(it.at), " ", span("busy", it.text)), key: null });
    case "call": return addTo("calls", call(it), MOST.calls);
    case "refused": return addTo("calls", refused(it), MOST.calls);
  }
}

// The connection.

let source = null;

function connected(speed) {
  const text = `Connected. The clock runs ${speed === 1 ? "as fast as yours" : `${speed} times as fast as yours`}.`;
  const place = at("connection");
  if (place.textContent !== text) place.textContent = text;
  place.className = "";
}

function connect() {
  source = new EventSource("/_page/events");
  source.addEventListener("begin", event => {
    const begin = JSON.parse(event.data);
    at("decisions").replaceChildren();
    at("calls").replaceChildren();
    showState(begin.state);
    begin.happened.forEach(add);
    drawAll();
  });
  source.addEventListener("state", event => showState(JSON.parse(event.data)));
  source.addEventListener("happened", event => JSON.parse(event.data).forEach(add));
  source.addEventListener("error", () => {
    const place = at("connection");
    place.textContent = "Not connected. The page connects again when scalerctl aws runs.";
    place.className = "lost";
    // The state is not known.
    clock = null;
    // A browser gives up after an answer that is no stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

// The pictures.

async function draw(picture) {
  const width = narrow.matches ? "narrow" : "wide";
  const query = new URLSearchParams({ endpoint: picture.dataset.endpoint, variant: picture.dataset.variant, width });
  const answer = await fetch(`/_page/timeline.svg?${query}`);
  if (!answer.ok) return;
  const svg = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  if (svg.nodeName === "svg") picture.replaceChildren(document.importNode(svg, true));
}

function isNear(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > -200 && top < innerHeight + 200;
}

let drawing = false;

/** `missing`: only those that were not drawn yet. */
async function drawAll(missing = false) {
  if (drawing || document.hidden || !clock) return;
  drawing = true;
  try {
    for (const picture of document.querySelectorAll(".picture")) {
      if (isNear(picture) && !(missing && picture.firstChild)) await draw(picture);
    }
  } catch {
    // There is no connection: the stream says so.
  } finally {
    drawing = false;
  }
}

// The buttons.

/** Whether it was done. The answer is shown. */
async function send(action, body) {
  const place = at("message");
  let text = "scalerctl aws did not answer.", done = false;
  try {
    const answer = await fetch(`/_page/${action}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    done = answer.ok;
    text = await answer.text();
    text = JSON.parse(text).message;
  } catch {
    // The text says what is known.
  }
  place.className = done ? "" : "bad";
  place.textContent = text;
  return done;
}

function onSubmit(form, action) {
  at(form).addEventListener("submit", event => {
    event.preventDefault();
    action();
  });
}

onSubmit("upload-form", async () => {
  const target = uploads[at("upload-target").value];
  const upload = { bucket: target.bucket, key: at("upload-key").value, body: at("upload-body").value };
  if (target.endpoint && at("upload-request").checked) upload.request_for = target.endpoint;
  if (await send("upload", upload)) {
    uploaded += 1;
    proposeKey();
  }
});
onSubmit("invoke-form", () => send("invoke", { endpoint: at("invoke-endpoint").value, body: at("invoke-body").value }));
onSubmit("speed-form", () => send("speed", { speed: Number(at("speed").value) }));
at("upload-target").addEventListener("change", proposeKey);
at("writes-only").addEventListener("change", event => at("calls").classList.toggle("writes-only", event.target.checked));
narrow.addEventListener("change", () => drawAll());
addEventListener("scroll", () => drawAll(true), { passive: true });
setInterval(tick, 200);
setInterval(() => drawAll(), PICTURE_INTERVAL);
connect();
