#include "tool/explain_json.hpp"

namespace parley::tool {
namespace {

using explain::Explanation;
using explain::Field;
using explain::Message;
using explain::Record;

Json hex(ByteView bytes, bool secret, const View& view) {
  return secret && !view.secrets ? Json(nullptr) : Json(to_hex(bytes));
}

template <class T>
Json maybe(const std::optional<T>& v) {
  return v ? Json(*v) : Json(nullptr);
}

Json error_json(const Error& e) {
  Json j{{"reason", errc_name(e.code)}, {"text", e.text()}, {"offset", e.offset}};
  if (*e.where != '\0') j["where"] = e.where;
  return j;
}

/// Whose `value` gives the bytes of a field; private ones hide them all.
template <class Value>
Json fields_json(const std::vector<Field>& fields, const View& view, bool is_hidden, Value value) {
  Json all = Json::array();
  for (const Field& f : fields) {
    const bool hidden = f.secret || is_hidden;
    Json j{{"path", f.path},
           {"kind", explain::kind_name(f.kind)},
           {"offset", f.offset},
           {"size", f.size},
           {"meaning", hidden && f.secret && !view.secrets ? std::string() : f.meaning},
           {"specification", f.specification}};
    if (hidden) j["secret"] = true;
    j["bytes"] = hex(value(f), hidden, view);
    all.push_back(std::move(j));
  }
  return all;
}

Json derivation_json(const explain::Derivation& d, const View& view) {
  Json inputs = Json::array();
  for (const explain::Input& i : d.inputs) {
    Json j{{"name", i.name}, {"size", i.value.size()}};
    if (i.secret) j["secret"] = true;
    j["value"] = hex(i.value, i.secret, view);
    inputs.push_back(std::move(j));
  }
  Json j{{"name", d.name},
         {"function", d.function},
         {"operation", explain::operation_name(d.operation)},
         {"inputs", std::move(inputs)},
         {"at", d.at},
         {"size", d.output.size()},
         {"specification", d.specification},
         {"depth", d.depth},
         {"handshake", d.handshake},
         {"message", d.message}};
  if (d.secret) j["secret"] = true;
  j["output"] = hex(d.output, d.secret, view);
  return j;
}

Json record_json(const Explanation& e, const Record& r, const View& view) {
  const bool hidden = is_private(e, r);
  Json j{{"from", side_name(r.from)},    {"time", maybe(r.time)},
         {"offset", r.offset},           {"size", r.size},
         {"header_size", r.header_size}, {"ssl2", r.ssl2}};
  if (!r.ssl2) {
    j["type"] = static_cast<int>(r.type);
    j["version"] = r.version;
  }
  j["protected"] = r.is_protected;
  j["opened"] = r.opened;
  j["sequence"] = r.sequence;
  j["plaintext"] = {{"offset", r.plaintext_offset}, {"size", r.plaintext_size}};
  // An open record of application data says on the wire what there is to hide.
  if (!r.decrypted.empty()) j["decrypted"] = hex(r.decrypted, hidden, view);
  j["fields"] = fields_json(r.fields, view, false, [&](const Field& f) { return e.value(r, f); });
  if (hidden && !view.secrets)
    for (Json& f : j["fields"])
      if (f["kind"] == explain::kind_name(explain::FieldKind::content)) {
        f["secret"] = true;
        f["bytes"] = nullptr;
      }
  j["messages"] = r.messages;
  if (!r.mac.empty()) {
    j["mac"] = Json::array();
    for (const explain::Derivation& d : r.mac) j["mac"].push_back(derivation_json(d, view));
  }
  return j;
}

Json message_json(const Message& m, const View& view) {
  const bool hidden =
      is_private(m) || std::ranges::any_of(m.fields, [](const Field& f) { return f.secret; });
  Json j{{"from", side_name(m.from)},
         {"time", maybe(m.time)},
         {"kind", explain::kind_name(m.kind)},
         {"name", m.name},
         {"title", title(m)},
         {"specification", m.specification},
         {"summary", m.summary},
         {"handshake", m.handshake},
         {"in_transcript", m.in_transcript},
         {"line", maybe(m.line)},
         {"out_of_order", m.out_of_order},
         {"state", m.state},
         {"next", m.next}};
  j["error"] = m.error ? error_json(*m.error) : Json(nullptr);
  j["pieces"] = Json::array();
  for (const explain::Piece& p : m.pieces)
    j["pieces"].push_back({{"record", p.record}, {"offset", p.offset}, {"size", p.size}});
  if (hidden) j["secret"] = true;
  j["size"] = m.bytes.size();
  j["bytes"] = hex(m.bytes, hidden, view);
  j["fields"] = fields_json(m.fields, view, is_private(m),
                            [&](const Field& f) { return Explanation::value(m, f); });
  return j;
}

}  // namespace

Json explanation_json(const Explanation& e, const View& view) {
  Json j = Json::object();
  j["version"] = e.version ? Json(version_name(*e.version)) : Json(nullptr);
  j["suite"] = e.suite != nullptr ? suite_json(*e.suite) : Json(nullptr);
  j["resumed"] = e.resumed;
  j["handshakes_done"] = e.handshakes_done;
  j["sealed_records"] = e.sealed_records;
  j["client_randoms"] = Json::array();
  for (const Bytes& r : e.client_randoms) j["client_randoms"].push_back(to_hex(r));
  const bool in_clear =
      std::ranges::any_of(e.records, [&e](const Record& r) { return is_bare(e, r); });
  for (const Side s : {Side::client, Side::server})
    j["streams"][std::string(side_name(s))] = {{"size", e.stream(s).size()},
                                               {"bytes", hex(e.stream(s), in_clear, view)}};
  for (const char* list :
       {"records", "messages", "unframed", "derivations", "checks", "findings", "stops"})
    j[list] = Json::array();
  for (const Record& r : e.records) j["records"].push_back(record_json(e, r, view));
  for (const Message& m : e.messages) j["messages"].push_back(message_json(m, view));
  for (const explain::Unframed& u : e.unframed)
    j["unframed"].push_back({{"from", side_name(u.from)}, {"offset", u.offset}, {"size", u.size}});
  for (const explain::Derivation& d : e.derivations)
    j["derivations"].push_back(derivation_json(d, view));
  for (const explain::TranscriptUse& c : e.checks)
    j["checks"].push_back({{"message", c.message},
                           {"what", c.what},
                           {"covers", c.covers},
                           {"bytes", c.bytes},
                           {"computed", to_hex(c.computed)},
                           {"received", to_hex(c.received)},
                           {"equal", maybe(c.equal)}});
  for (const explain::Finding& f : e.findings)
    j["findings"].push_back({{"kind", explain::kind_name(f.kind)},
                             {"message", maybe(f.message)},
                             {"what", f.what},
                             {"why", f.why},
                             {"specification", f.specification},
                             {"setting", f.setting}});
  for (const explain::Stop& s : e.stops) {
    Json stop = error_json(s.why);
    stop["from"] = side_name(s.from);
    stop["offset"] = s.offset;
    stop["text"] = s.text;
    j["stops"].push_back(std::move(stop));
  }
  return j;
}

Json words_json(const explain::Words& w) {
  Json lines = Json::array();
  for (const auto& [name, text] : w.lines) lines.push_back({{"name", name}, {"text", text}});
  return {{"title", w.title}, {"lines", std::move(lines)}};
}

}  // namespace parley::tool
