using System.Buffers.Binary;
using System.Text;

namespace DandelionMl.Backbones.Weights;

/// <summary>
/// Reads the one thing a PyTorch state dict's pickle says: names, and which part of which storage each tensor is.
/// <para>A pickle is a program for a stack machine that may call anything. This machine knows the instructions that
/// <c>torch.save</c> writes for a state dict (protocol 2), and as "calls" only making an <c>OrderedDict</c> and describing a tensor;
/// both are data here. Every other instruction and every other global is refused. Work and memory are linear in the pickle's
/// length.</para>
/// </summary>
internal sealed class StateDictPickle
{
    /// <summary>Longest pickle that is read, in bytes. That of DINOv2 ViT-S is 30 kB.</summary>
    public const int MaxBytes = 1 << 20;

    private const int MaxMarks = 64;

    private readonly byte[] _program;
    private readonly Stack<Stack<object>> _marked = new();
    private readonly Dictionary<int, object> _memo = [];
    private Stack<object> _current = new();
    private int _position;

    private StateDictPickle(byte[] program) => _program = program;

    /// <summary>Reads a pickle.</summary>
    /// <param name="program">Its bytes.</param>
    /// <returns>The tensors by name.</returns>
    /// <exception cref="InvalidWeightsException">It is no state dict of tensors.</exception>
    public static IReadOnlyList<KeyValuePair<string, PickledTensor>> Read(byte[] program)
    {
        var machine = new StateDictPickle(program);
        if (machine.Run() is not PickledDict dict)
        {
            throw new InvalidWeightsException("The pickle's value is not a dictionary.");
        }

        return [.. dict.Items.Select(item => item is { Key: string name, Value: PickledTensor tensor }
            ? new KeyValuePair<string, PickledTensor>(name, tensor)
            : throw new InvalidWeightsException("The pickle's dictionary holds something other than named tensors."))];
    }

    private object Run()
    {
        while (true)
        {
            var instruction = NextByte();
            switch (instruction)
            {
                case 0x80: // PROTO
                    if (NextByte() != 2)
                    {
                        throw new InvalidWeightsException("The pickle is not of protocol 2.");
                    }

                    break;
                case (byte)'.': // STOP
                    return Pop();
                case (byte)'(': // MARK
                    PushMark();
                    break;
                case (byte)'c': // GLOBAL
                    Push(PickledGlobal.Find(NextLine(), NextLine()));
                    break;
                case (byte)'R': // REDUCE
                    Reduce();
                    break;
                case (byte)'b': // BUILD: attributes of the dictionary (PyTorch's _metadata), which mean nothing here
                    Pop<PickledDict>();
                    Push(Pop<PickledDict>());
                    break;
                case (byte)'Q': // BINPERSID
                    Push(PickledStorage.FromId(Pop<object[]>()));
                    break;
                case (byte)'q': // BINPUT
                    _memo[NextByte()] = Peek();
                    break;
                case (byte)'r': // LONG_BINPUT
                    _memo[NextInt32()] = Peek();
                    break;
                case (byte)'h': // BINGET
                    Push(Recall(NextByte()));
                    break;
                case (byte)'j': // LONG_BINGET
                    Push(Recall(NextInt32()));
                    break;
                case (byte)'s': // SETITEM
                    SetItem();
                    break;
                case (byte)'u': // SETITEMS
                    SetItems();
                    break;
                default:
                    PushLiteral(instruction);
                    break;
            }
        }
    }

    private void PushLiteral(byte instruction)
    {
        switch (instruction)
        {
            case (byte)'}': // EMPTY_DICT
                Push(new PickledDict());
                break;
            case (byte)')': // EMPTY_TUPLE
                Push(Array.Empty<object>());
                break;
            case 0x85: // TUPLE1
            case 0x86: // TUPLE2
            case 0x87: // TUPLE3
                var items = new object[instruction - 0x84];
                for (var index = items.Length - 1; index >= 0; index--)
                {
                    items[index] = Pop();
                }

                Push(items);
                break;
            case (byte)'t': // TUPLE
                Push(PopToMark());
                break;
            case (byte)'X': // BINUNICODE
                Push(Encoding.UTF8.GetString(Next(NextInt32())));
                break;
            case (byte)'K': // BININT1
                Push((long)NextByte());
                break;
            case (byte)'M': // BININT2
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Next(2)));
                break;
            case (byte)'J': // BININT
                Push((long)NextInt32());
                break;
            case 0x8A: // LONG1
                Push(NextLong());
                break;
            case 0x88: // NEWTRUE
                Push(true);
                break;
            case 0x89: // NEWFALSE
                Push(false);
                break;
            default:
                throw new InvalidWeightsException(
                    $"The pickle has instruction 0x{instruction:x2}, which no state dict needs; it is refused.");
        }
    }

    private void Reduce()
    {
        var arguments = Pop<object[]>();
        Push((Pop<PickledGlobal>().Kind, arguments) switch
        {
            (PickledGlobalKind.OrderedDict, []) => new PickledDict(),
            (PickledGlobalKind.RebuildTensor, _) => PickledTensor.FromArguments(arguments),
            _ => throw new InvalidWeightsException("The pickle calls something that is neither a tensor nor a dictionary."),
        });
    }

    private void SetItem()
    {
        var value = Pop();
        var key = Pop();
        TopDict().Items.Add(new KeyValuePair<object, object>(key, value));
    }

    private void SetItems()
    {
        var items = PopToMark();
        if (items.Length % 2 != 0)
        {
            throw new InvalidWeightsException("The pickle sets a key without a value.");
        }

        var dict = TopDict();
        for (var index = 0; index < items.Length; index += 2)
        {
            dict.Items.Add(new KeyValuePair<object, object>(items[index], items[index + 1]));
        }
    }

    private void PushMark()
    {
        if (_marked.Count == MaxMarks)
        {
            throw new InvalidWeightsException("The pickle is nested too deeply.");
        }

        _marked.Push(_current);
        _current = new Stack<object>();
    }

    private object[] PopToMark()
    {
        if (!_marked.TryPop(out var outer))
        {
            throw new InvalidWeightsException("The pickle refers to a mark that is not there.");
        }

        var items = _current.ToArray();
        Array.Reverse(items);
        _current = outer;
        return items;
    }

    private PickledDict TopDict() =>
        Peek() as PickledDict ?? throw new InvalidWeightsException("The pickle sets an item of something that is not a dictionary.");

    private void Push(object value) => _current.Push(value);

    private object Peek() => _current.TryPeek(out var value) ? value : throw Exhausted();

    private object Pop() => _current.TryPop(out var value) ? value : throw Exhausted();

    private T Pop<T>() => Pop() is T value ? value : throw new InvalidWeightsException("The pickle uses a value of the wrong kind.");

    private object Recall(int index) => _memo.TryGetValue(index, out var value)
        ? value
        : throw new InvalidWeightsException("The pickle refers to a value that is not there.");

    private static InvalidWeightsException Exhausted() => new("The pickle takes a value from an empty stack.");

    private byte NextByte() => Next(1)[0];

    private int NextInt32() => BinaryPrimitives.ReadInt32LittleEndian(Next(4));

    private long NextLong()
    {
        var length = NextByte();
        if (length > 8)
        {
            throw new InvalidWeightsException("The pickle has a number beyond 64 bits.");
        }

        var bytes = Next(length);
        var value = length > 0 && (bytes[^1] & 0x80) != 0 ? -1L : 0L;
        for (var index = length - 1; index >= 0; index--)
        {
            value = (value << 8) | bytes[index];
        }

        return value;
    }

    private ReadOnlySpan<byte> Next(int length)
    {
        if (length < 0 || length > _program.Length - _position)
        {
            throw new InvalidWeightsException("The pickle is cut off.");
        }

        _position += length;
        return _program.AsSpan(_position - length, length);
    }

    private string NextLine()
    {
        var length = _program.AsSpan(_position).IndexOf((byte)'\n');
        if (length is < 0 or > 128)
        {
            throw new InvalidWeightsException("The pickle names something too long, or is cut off.");
        }

        var line = Encoding.Latin1.GetString(Next(length));
        _position++;
        return line;
    }
}
