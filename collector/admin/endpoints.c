#include "collector/admin/endpoints.h"

#include <string.h>

#include "common/base/text.h"

#define SCHEME "tcp://"

static bool is_wildcard(struct th_slice host)
{
    static const char *const wildcards[] = {"*", "0.0.0.0", "0", "[::]", "::", "[::0]"};
    for (size_t i = 0; i < sizeof(wildcards) / sizeof(wildcards[0]); i++)
        if (th_slice_equals(host, wildcards[i]))
            return true;
    return false;
}

/* 1..65535 in plain digits. */
static bool is_port(struct th_slice text)
{
    unsigned port = 0;
    if (text.size == 0 || text.size > 5)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
        port = port * 10 + (unsigned)(text.bytes[i] - '0');
    }
    return port >= 1 && port <= 65535;
}

static bool is_host(struct th_slice host)
{
    for (size_t i = 0; i < host.size; i++)
        if ((unsigned char)host.bytes[i] <= ' ' || (unsigned char)host.bytes[i] >= 0x7F ||
            strchr("/;\"'#@?", host.bytes[i]))
            return false;
    return host.size > 0;
}

/* The host and port of tcp://HOST:PORT; the last colon parts them, for an IPv6
 * address in brackets holds others. */
static bool split_address(struct th_slice address, struct th_slice *host, struct th_slice *port)
{
    size_t scheme = sizeof(SCHEME) - 1;
    if (address.size <= scheme || memcmp(address.bytes, SCHEME, scheme) != 0)
        return false;
    const char *colon = memrchr(address.bytes + scheme, ':', address.size - scheme);
    if (!colon)
        return false;
    *host = (struct th_slice){address.bytes + scheme, (size_t)(colon - address.bytes) - scheme};
    *port = (struct th_slice){colon + 1, address.size - scheme - host->size - 1};
    return true;
}

static enum th_status check_address(struct th_slice address, const char *name,
                                    struct th_error *error)
{
    struct th_slice host, port;
    int shown = address.size < 80 ? (int)address.size : 80;
    if (address.size >= sizeof(((struct th_endpoint *)NULL)->address) ||
        !split_address(address, &host, &port) || !is_host(host))
        return th_error_set(error, TH_USAGE,
                            "'%.*s' is no address for %s; write tcp://HOST:PORT, as offices reach "
                            "this collector",
                            shown, address.bytes, name);
    if (is_wildcard(host))
        return th_error_set(error, TH_USAGE,
                            "offices cannot connect to '%.*s'; set %s to the address by which they "
                            "reach this collector, such as tcp://collector.example.vn:%.*s",
                            shown, address.bytes, name, port.size <= 5 ? (int)port.size : 5,
                            port.bytes);
    if (!is_port(port))
        return th_error_set(error, TH_USAGE,
                            "'%.*s' has no port of 1 to 65535; set %s to the address by which "
                            "offices reach this collector",
                            shown, address.bytes, name);
    return TH_OK;
}

static enum th_status add_line(struct th_slice line, const char *name,
                               struct th_endpoints *endpoints, struct th_error *error)
{
    size_t end = 0;
    while (end < line.size && line.bytes[end] != ' ' && line.bytes[end] != '\t')
        end++;
    struct th_slice address = {line.bytes, end};
    struct th_slice key = th_text_trim((struct th_slice){line.bytes + end, line.size - end});
    enum th_status status = check_address(address, name, error);
    if (status != TH_OK)
        return status;
    if (endpoints->count == TH_BUNDLE_ENDPOINTS)
        return th_error_set(error, TH_USAGE, "%s holds more than %d addresses; keep the nearest",
                            name, TH_BUNDLE_ENDPOINTS);

    struct th_endpoint *endpoint = &endpoints->list[endpoints->count];
    if (key.size > 0 && !th_text_from_hex(key, endpoint->server_key, 32))
        return th_error_set(error, TH_USAGE,
                            "%s: what follows '%.*s' must be the server key of that collector, 64 "
                            "hexadecimal digits",
                            name, (int)address.size, address.bytes);
    memcpy(endpoint->address, address.bytes, address.size);
    endpoint->address[address.size] = '\0';
    endpoints->own[endpoints->count++] = key.size == 0;
    return TH_OK;
}

enum th_status th_endpoints_parse(const char *lines, const char *bind, const char *name,
                                  struct th_endpoints *endpoints, struct th_error *error)
{
    *endpoints = (struct th_endpoints){0};
    enum th_status status = TH_OK;
    struct th_slice rest = th_text_trim(th_slice_of(lines && *lines ? lines : bind));
    struct th_slice line;
    while (status == TH_OK && th_text_take_line(&rest, &line))
        if (line.size > 0)
            status = add_line(line, name, endpoints, error);
    if (status == TH_OK && endpoints->count == 0)
        status = th_error_set(error, TH_USAGE, "%s names no address; write tcp://HOST:PORT", name);
    return status;
}
