using System.Net.Sockets;
using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void KindOf_FilesFoldersAndNothing_AreTold()
    {
        Assert.Equal(FileKind.Regular, RegularFile.KindOf(_folder.Write("a.wav", [1])));
        Assert.Equal(FileKind.Regular, RegularFile.KindOf(_folder.Write("empty", [])));
        Assert.Equal(FileKind.Folder, RegularFile.KindOf(_folder.Path));
        Assert.Equal(FileKind.Missing, RegularFile.KindOf(_folder["none"]));
        using var stream = RegularFile.OpenRead(_folder["a.wav"]);
        Assert.Equal(1, stream.ReadByte());
        Assert.Throws<FileNotFoundException>(() => RegularFile.OpenRead(_folder["none"]));
    }

    [UnixFact]
    public void KindOf_WhatIsNoFile_IsToldWithoutOpening()
    {
        var fifo = Fifo.Make(_folder["f.wav"]);
        Assert.Equal(FileKind.Pipe, RegularFile.KindOf(fifo));
        File.CreateSymbolicLink(_folder["link.wav"], fifo);
        Assert.Equal(FileKind.Pipe, RegularFile.KindOf(_folder["link.wav"]));
        Assert.Equal(FileKind.Device, RegularFile.KindOf("/dev/zero"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder["s"]));
        Assert.Equal(FileKind.Socket, RegularFile.KindOf(_folder["s"]));
        var error = Assert.Throws<FileKindException>(() => RegularFile.OpenRead(fifo));
        Assert.Equal($"{fifo}: it is a pipe (FIFO), not a file, so it is not read.", error.Message);
        Assert.Throws<FileKindException>(() => RegularFile.Require("/dev/zero"));
    }

    [UnixFact]
    public void KindOf_LinkToAFile_IsAFile()
    {
        _folder.Write("a", [1]);
        File.CreateSymbolicLink(_folder["b"], _folder["a"]);
        Assert.Equal(FileKind.Regular, RegularFile.KindOf(_folder["b"]));
        File.CreateSymbolicLink(_folder["dangling"], _folder["none"]);
        Assert.NotEqual(FileKind.Pipe, RegularFile.KindOf(_folder["dangling"]));
    }
}
