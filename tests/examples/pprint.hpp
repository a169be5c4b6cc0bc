// What pprint.pprint() shows of a getpeercert() dictionary, near enough.
#pragma once
#include <iostream>

#include "parley/ssl.hpp"

inline void pprint(const parley::cert_dict::Name& name) {
  std::cout << "(";
  for (const auto& rdn : name) {
    std::cout << "(";
    for (const auto& [type, value] : rdn) std::cout << "('" << type << "', '" << value << "'),";
    std::cout << "),";
  }
  std::cout << ")";
}

inline void pprint(const std::optional<parley::cert_dict>& cert) {
  if (!cert) {
    std::cout << "None\n";
    return;
  }
  std::cout << "{'notAfter': '" << cert->notAfter << "',\n 'subject': ";
  pprint(cert->subject);
  if (cert->subjectAltName) {
    std::cout << ",\n 'subjectAltName': (";
    for (const auto& [kind, value] : *cert->subjectAltName) {
      std::cout << "('" << kind << "', ";
      if (const auto* directory = std::get_if<parley::cert_dict::Name>(&value))
        pprint(*directory);
      else
        std::cout << "'" << std::get<std::string>(value) << "'";
      std::cout << "),";
    }
    std::cout << ")";
  }
  std::cout << "}\n";
}
