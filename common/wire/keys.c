#include "common/wire/keys.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/file.h"
#include "common/base/text.h"

#define Z85_TEXT      41 /* 32 bytes in Z85 with its NUL */
#define HEX_LINE      65 /* 64 digits and a newline */
#define PUBLIC_SUFFIX ".pub"
#define PUBLIC_MAX    256 /* bytes of a .pub file that are read */
#define PATH_BYTES    4096

enum th_status th_curve_generate(struct th_curve_pair *pair, struct th_error *error)
{
    char public_text[Z85_TEXT], secret_text[Z85_TEXT];
    enum th_status status = TH_OK;
    if (zmq_curve_keypair(public_text, secret_text) != 0)
        status = th_error_set(error, TH_PERMANENT, "cannot make a CURVE key pair: %s",
                              zmq_strerror(zmq_errno()));
    else if (!zmq_z85_decode(pair->public_key, public_text) ||
             !zmq_z85_decode(pair->secret_key, secret_text))
        status = th_error_set(error, TH_PERMANENT, "libzmq made a key that it cannot read");
    explicit_bzero(secret_text, sizeof(secret_text));
    return status;
}

static bool public_path(const char *path, char out[PATH_BYTES])
{
    return (size_t)snprintf(out, PATH_BYTES, "%s" PUBLIC_SUFFIX, path) < PATH_BYTES;
}

static void hex_line(const uint8_t key[32], char line[HEX_LINE + 1])
{
    th_text_to_hex(key, 32, line);
    line[HEX_LINE - 1] = '\n';
    line[HEX_LINE] = '\0';
}

enum th_status th_curve_save(const char *path, const struct th_curve_pair *pair,
                             struct th_error *error)
{
    char beside[PATH_BYTES], line[HEX_LINE + 1];
    if (!public_path(path, beside))
        return th_error_set(error, TH_USAGE, "the key file's name is too long: %.100s...", path);

    hex_line(pair->secret_key, line);
    enum th_status status = th_file_create(path, line, HEX_LINE, 0600, error);
    explicit_bzero(line, sizeof(line));
    if (status != TH_OK)
        return status;

    hex_line(pair->public_key, line);
    status = th_file_create(beside, line, HEX_LINE, 0644, error);
    /* Half a pair would make the next keygen refuse; the secret is ours, made now. */
    if (status != TH_OK)
        unlink(path);
    return status;
}

enum th_status th_curve_load(const char *path, struct th_curve_pair *pair, struct th_error *error)
{
    char secret_text[Z85_TEXT], public_text[Z85_TEXT];
    enum th_status status =
        th_file_read_secret(path, pair->secret_key, sizeof(pair->secret_key), error);
    if (status != TH_OK)
        return status;

    if (!zmq_z85_encode(secret_text, pair->secret_key, sizeof(pair->secret_key)) ||
        zmq_curve_public(public_text, secret_text) != 0 ||
        !zmq_z85_decode(pair->public_key, public_text))
        status = th_error_set(error, TH_PERMANENT, "cannot derive the public key of %s", path);
    explicit_bzero(secret_text, sizeof(secret_text));
    return status;
}

static bool ends_with(const char *text, const char *suffix)
{
    size_t size = strlen(text), suffix_size = strlen(suffix);
    return size > suffix_size && strcmp(text + size - suffix_size, suffix) == 0;
}

enum th_status th_curve_parse_public(const char *text, uint8_t public_key[32],
                                     struct th_error *error)
{
    if (th_text_from_hex(th_slice_of(text), public_key, 32))
        return TH_OK;
    /* A secret file looks just like a public one: only the name tells them apart,
     * and a secret must not end up in an enrolment. */
    if (!ends_with(text, PUBLIC_SUFFIX))
        return th_error_set(error, TH_USAGE,
                            "'%s' is no public key; give 64 hexadecimal digits or the path of "
                            "a " PUBLIC_SUFFIX " file",
                            text);

    TH_CLEANUP_BUFFER struct th_buffer file = {0};
    enum th_status status = th_file_read(text, PUBLIC_MAX, &file, error);
    if (status != TH_OK)
        return status;
    struct th_slice digits = th_buffer_slice(&file);
    while (digits.size && strchr("\r\n \t", digits.bytes[digits.size - 1]))
        digits.size--;
    if (!th_text_from_hex(digits, public_key, 32))
        return th_error_set(error, TH_USAGE,
                            "%s holds no public key: one line of 64 hexadecimal digits is wanted",
                            text);
    return TH_OK;
}
