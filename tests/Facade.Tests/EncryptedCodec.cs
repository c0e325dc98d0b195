// Results that nobody can read in the store: the codec of docs/results.md.
using System.Security.Cryptography;
using System.Text;
using Idempotency;
using Idempotency.Core;

namespace Facade.Tests;

/// <summary>Encrypts what another codec makes, with AES-GCM under a key of 16, 24 or 32 bytes. What it writes is JSON text, as
/// every store takes it: a string in Base64.</summary>
public sealed class EncryptedCodec<TResult>(IResultCodec<TResult> inner, byte[] key) : IResultCodec<TResult>
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    public Payload Encode(TResult value)
    {
        byte[]? plain = inner.Encode(value).Utf8;

        if (plain is null)
        {
            return Payload.Absent;
        }

        byte[] sealedResult = new byte[NonceLength + TagLength + plain.Length];
        Span<byte> nonce = sealedResult.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce); // a nonce must not repeat under one key
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(
            nonce,
            plain,
            sealedResult.AsSpan(NonceLength + TagLength),
            sealedResult.AsSpan(NonceLength, TagLength));
        return Payload.OfText($"\"{Convert.ToBase64String(sealedResult)}\"");
    }

    public TResult Decode(Payload payload)
    {
        if (payload.Utf8 is not { } stored)
        {
            return inner.Decode(payload);
        }

        byte[] sealedResult = Convert.FromBase64String(Encoding.UTF8.GetString(stored).Trim('"'));
        byte[] plain = new byte[sealedResult.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(
            sealedResult.AsSpan(0, NonceLength),
            sealedResult.AsSpan(NonceLength + TagLength),
            sealedResult.AsSpan(NonceLength, TagLength),
            plain);
        return inner.Decode(new Payload(plain));
    }
}
