// The networks' own code as a judge: a JSON string a line in, its answers as JSON in ASCII a line out; versions come first.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { RichText } from "@atproto/api";
import { DefaultRubyVM } from "@ruby/wasm-wasi/dist/node";
import twitter from "twitter-text";

const BATCH = 500; // texts that Ruby gets at once: a call costs more than a count
const ruby = await readFile(new URL(import.meta.resolve("@ruby/3.4-wasm-wasi/dist/ruby.wasm")));
const { vm } = await DefaultRubyVM(await WebAssembly.compile(ruby));
const written = (text) => `"${[...text].map((c) => `\\u{${c.codePointAt(0).toString(16)}}`).join("")}"`;
const clusters = (texts) => JSON.parse(vm.eval(`[${texts.map(written)}].map { _1.each_grapheme_cluster.map(&:size) }.inspect`).toString());

const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
const line = (value) => JSON.stringify(value).replace(/[\x7f-\uffff]/g, escaped) + "\n"; // some readers end a line at U+2028

// the places where a cut would go through a cluster, in characters from the start
function inside(sizes) {
  const places = [];
  let end = 0;
  for (const size of sizes) {
    for (let place = 1; place < size; place++) places.push(end + place);
    end += size;
  }
  return places;
}

// null where it has no answer: for some very long domains its punycode throws a RangeError
function x(text) {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    twitter.extractUrlsWithIndices("."); // it left off in the middle of a text, and would begin the next one there
    return null;
  }
}

function read(text) {
  const { weightedLength, valid } = twitter.parseTweet(text);
  const entities = twitter.extractEntitiesWithIndices(text).map((found) => {
    const kind = found.url ? "link" : found.hashtag ? "tag" : found.cashtag ? "cashtag" : "mention";
    return [kind, ...found.indices, found.url || found.hashtag || found.cashtag || found.screenName, found.listSlug || ""];
  });
  return { weight: weightedLength, valid, entities };
}

const segmenter = new Intl.Segmenter();
const segments = (text) => [...segmenter.segment(text)].map(({ segment }) => [...segment].length);

function bluesky(text) {
  const rich = new RichText({ text });
  rich.detectFacetsWithoutResolution();
  const facets = (rich.facets ?? []).map(({ features: [feature], index }) => {
    const kind = feature.$type.split("#")[1];
    return [kind, index.byteStart, index.byteEnd, feature.uri || feature.did || feature.tag];
  });
  return { graphemes: rich.graphemeLength, bytes: rich.length, facets, inside: inside(segments(text)) };
}

function judged(texts) {
  const found = clusters(texts);
  const sees = (text, n) => ({ x: x(text), bluesky: bluesky(text), mastodon: found[n].length, inside: inside(found[n]) });
  return texts.map((text, n) => line(sees(text, n))).join("");
}

const versions = { node: process.versions.node, unicode: process.versions.unicode, ruby: vm.eval("RUBY_VERSION").toString() };
process.stdout.write(line(versions));
let texts = [];
for await (const asked of createInterface({ input: process.stdin })) {
  texts.push(JSON.parse(asked));
  if (texts.length === BATCH) process.stdout.write(judged(texts.splice(0)));
}
if (texts.length) process.stdout.write(judged(texts));
