"""DER, just enough for the scripts that make certificates and revocation lists."""
import base64


def tlv(tag, *parts):
    body = b''.join(parts)
    n = len(body)
    if n < 128:
        length = bytes([n])
    else:
        raw = n.to_bytes((n.bit_length() + 7) // 8, 'big')
        length = bytes([0x80 | len(raw)]) + raw
    return bytes([tag]) + length + body


def oid_content(text):
    a = [int(x) for x in text.split('.')]
    out = b''
    for v in [a[0] * 40 + a[1]] + a[2:]:
        chunk = [v & 127]
        while v > 127:
            v >>= 7
            chunk.insert(0, 128 | v & 127)
        out += bytes(chunk)
    return out


def oid(text):
    return tlv(6, oid_content(text))


def seq(*parts):
    return tlv(0x30, *parts)


def rdn(*attributes):
    return tlv(0x31, *[seq(oid(o), tlv(t, v)) for o, t, v in attributes])


def cn(text):
    return seq(rdn(('2.5.4.3', 12, text.encode())))


def boolean(b):
    return tlv(1, b'\xff' if b else b'\0')


def ext(o, value, critical=False):
    return seq(oid(o), boolean(True) if critical else b'', tlv(4, value))


def pem(label, der):
    body = base64.b64encode(der).decode()
    return ('-----BEGIN %s-----\n' % label +
            ''.join(body[i:i + 64] + '\n' for i in range(0, len(body), 64)) +
            '-----END %s-----\n' % label)


NULL = tlv(5)
SHA256_RSA = seq(oid('1.2.840.113549.1.1.11'), NULL)
