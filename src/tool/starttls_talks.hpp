// What each protocol of --starttls says in clear; starttls.hpp is the whole.
#pragma once
#include <string_view>

#include "tool/plain_talk.hpp"

namespace parley::tool::starttls {

constexpr std::string_view kNoOffer = "the server does not offer STARTTLS, its reply is";
constexpr std::string_view kRefusal = "the server refuses to start TLS";

// In lines (starttls_lines.cpp). Each ends with the server's go-ahead, or does not return.
void smtp(PlainTalk& t, std::string_view domain);
void ftp(PlainTalk& t, std::string_view domain);
void imap(PlainTalk& t, std::string_view domain);
void pop3(PlainTalk& t, std::string_view domain);

// In elements and messages (starttls_messages.cpp). `domain` is for XMPP alone.
void xmpp(PlainTalk& t, std::string_view domain);
void ldap(PlainTalk& t, std::string_view domain);
void postgres(PlainTalk& t, std::string_view domain);

}  // namespace parley::tool::starttls
