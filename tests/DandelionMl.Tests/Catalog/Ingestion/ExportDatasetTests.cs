using System.Diagnostics;
using System.Text;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Catalog.Ingestion.Exports;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

/// <summary>What other tools export, laid out as they do.</summary>
public sealed class ExportDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Label_Studio_tasks_have_the_choices_of_their_annotations()
    {
        Write("photos/one.jpg", "upload/7/ab12-two.jpg", "ab13-three.jpg");
        var (entries, failures, remarks) = await ReadAsync("project-7.json",
            """
            [
              {"id": 1, "data": {"image": "https://h/0.jpg", "note": "x"}, "annotations": [{"was_cancelled": false, "result": [{"type": "choices", "value": {"choices": ["grass"]}}]}]},
              {"id": 2, "data": {"image": "/data/local-files/?d=photos%2Fone.jpg"}, "annotations": [{"result": [{"value": {"choices": ["dandelion"]}}]}, {"was_cancelled": true, "result": [{"value": {"choices": ["grass"]}}]}]},
              {"id": 3, "data": {"image": "/data/upload/7/ab12-two.jpg"}, "annotations": [{"result": [{"value": {"choices": ["grass"]}}]}, {"result": [{"value": {"choices": ["grass"]}}]}]},
              {"id": 4, "data": {"picture": "/data/upload/7/ab13-three.jpg"}, "annotations": [{"result": [{"value": {"choices": ["grass"]}}]}, {"ground_truth": true, "result": [{"value": {"choices": ["moss"]}}]}]},
              {"id": 5, "data": {"image": "https://h/5.jpg"}, "annotations": [{"result": [{"value": {"choices": ["grass"]}}]}, {"result": [{"value": {"choices": ["moss"]}}]}]},
              {"id": 6, "data": {"image": "https://h/6.jpg"}, "annotations": [], "predictions": [{"result": [{"value": {"choices": ["grass"]}}]}]},
              {"id": 7, "data": {"width": 7}, "annotations": []},
              {"id": 8, "data": {"image": "https://h/8.jpg"}, "annotations": [{"result": [{"type": "rectanglelabels", "value": {"rectanglelabels": ["grass"]}}]}]}
            ]
            """);

        Assert.Equal(
            [
                new("https://h/0.jpg", "grass"), new(FileUri("photos/one.jpg"), "dandelion"), new(FileUri("upload/7/ab12-two.jpg"), "grass"),
                new(FileUri("ab13-three.jpg"), "moss"),
            ],
            entries);
        Assert.Equal(
            [new("https://h/5.jpg", "It has 2 labels: grass, moss. One is accepted."), new IngestionFailure("task 7", "Its data names no image.")], failures);
        Assert.Contains("Left out 2 images without a label.", remarks);
        Assert.Contains(remarks, remark => remark.EndsWith("as Label Studio's (format 'label-studio').", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Label_Studios_short_form_is_a_list_of_photos()
    {
        Write("images/a.jpg");
        var (entries, failures, remarks) = await ReadAsync("min.json",
            """
            [
              {"id": 1, "image": "https://h/0.jpg", "choice": "grass", "annotator": 1, "lead_time": 2.5},
              {"id": 2, "image": "a.jpg", "choice": {"choices": ["moss"]}},
              {"id": 3, "image": "https://h/3.jpg", "choice": {"choices": ["moss", "grass"]}}
            ]
            """);

        Assert.Equal([new("https://h/0.jpg", "grass"), new(FileUri("images/a.jpg"), "moss")], entries);
        Assert.Equal("https://h/3.jpg", Assert.Single(failures).Source);
        Assert.Contains(remarks, remark => remark.Contains("'records'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FiftyOne_names_classes_by_their_place_by_text_or_by_object()
    {
        Write("data/000001.jpg", "data/000002.PNG", "data/deep/3.jpg", "data/4.jpg", "data/twice.jpg", "data/twice.png", "data/6.jpg");
        var (entries, failures, remarks) = await ReadAsync("labels.json",
            """
            {"classes": ["dandelion", "grass"], "labels": {
              "000001": 1, "000002.PNG": "moss", "deep/3": {"label": "grass", "confidence": 0.9}, "4": null, "twice": 0, "absent": 0, "6": 2}}
            """);

        Assert.Equal([new(FileUri("data/000001.jpg"), "grass"), new(FileUri("data/000002.PNG"), "moss"), new(FileUri("data/deep/3.jpg"), "grass")], entries);
        Assert.Equal(
            [
                new("twice", "The folder 'data' has no picture of this name, or several."), new("absent", "The folder 'data' has no picture of this name, or several."),
                new IngestionFailure(FileUri("data/6.jpg"), "Its label is class 2, of 2."),
            ],
            failures);
        Assert.Contains("Left out 1 image without a label.", remarks);
        Assert.Equal(entries, (await ReadAllAsync(Datasets.Find(_folder.Path))).Entries);
    }

    [Theory]
    [InlineData("[{0}]")]
    [InlineData("[[{0}], []]")]
    public async Task Custom_Vision_lists_tagged_images(string pages)
    {
        var (entries, failures, remarks) = await ReadAsync("tagged.json", pages.Replace("{0}",
            """
            {"id": "a", "originalImageUri": "https://h/a.jpg?sig=x", "thumbnailUri": "https://h/t.jpg", "tags": [{"tagId": "1", "tagName": "grass"}], "regions": []},
            {"id": "b", "originalImageUri": "https://h/b.jpg", "tags": [{"tagName": "grass"}, {"tagName": "moss"}]},
            {"id": "c", "originalImageUri": "https://h/c.jpg", "tags": null}
            """, StringComparison.Ordinal));

        Assert.Equal([new("https://h/a.jpg?sig=x", "grass")], entries);
        Assert.Equal("https://h/b.jpg", Assert.Single(failures).Source);
        Assert.Contains("Left out 1 image without a label.", remarks);
    }

    [Fact]
    public async Task Coco_gives_an_image_the_category_that_all_its_annotations_have()
    {
        Write("images/1.jpg", "2.jpg");
        var (entries, failures, remarks) = await ReadAsync("_annotations.coco.json",
            """
            {"info": {}, "licenses": [],
             "categories": [{"id": 0, "name": "plants"}, {"id": 1, "name": "dandelion"}, {"id": 2, "name": "grass"}],
             "images": [
               {"id": 10, "file_name": "1.jpg", "width": 3, "height": 4}, {"id": 20, "file_name": "2.jpg", "coco_url": "https://h/never.jpg"},
               {"id": 30, "coco_url": "AmlDatastore://x/3.jpg", "absolute_url": "https://h/3.jpg"}, {"id": 40, "file_name": "4.jpg"},
               {"id": 50, "file_name": "absent.jpg"}, {"id": 60}],
             "annotations": [
               {"id": 1, "image_id": 10, "category_id": 1, "bbox": [1, 2, 3, 4]}, {"id": 2, "image_id": 10, "category_id": 1},
               {"id": 3, "image_id": 20, "category_id": 2}, {"id": 4, "image_id": 30, "category_id": 2},
               {"id": 5, "image_id": 50, "category_id": 1}, {"id": 6, "image_id": 50, "category_id": 2}, {"id": 7, "image_id": 40, "category_id": 9}]}
            """);

        Assert.Equal([new(FileUri("images/1.jpg"), "dandelion"), new(FileUri("2.jpg"), "grass"), new("https://h/3.jpg", "grass")], entries);
        Assert.Equal(
            [
                new(FileUri("absent.jpg"), "It has 2 labels: dandelion, grass. One is accepted."),
                new IngestionFailure("image 60", "It has neither a file_name nor an address."),
            ],
            failures);
        Assert.Contains("Left out 1 image without a label.", remarks);
    }

    [Theory]
    [InlineData("metadata.csv", "file_name,label,text\na.jpg,grass,hello\n")]
    [InlineData("metadata.jsonl", "{\"file_name\": \"a.jpg\", \"label\": \"grass\", \"objects\": {}}\n\n")]
    public async Task Hugging_Faces_image_folder_is_found_by_its_metadata_in_each_part(string name, string text)
    {
        foreach (var part in new[] { "train", "validation", "test" })
        {
            Write($"{part}/a.jpg");
            _folder.Write($"{part}/{name}", Encoding.UTF8.GetBytes(text));
        }

        var (entries, failures, remarks) = await ReadAllAsync(Datasets.Find(_folder.Path));

        Assert.Equal([new(FileUri("train/a.jpg"), "grass"), new(FileUri("validation/a.jpg"), "grass")], entries);
        Assert.Empty(failures);
        Assert.Contains("Left out 'test', to measure models on.", remarks);
        Assert.Single((await ReadAllAsync(DatasetFormats.Open(Path.Combine(_folder.Path, "test"), "hugging-face"))).Entries);
        var measured = await ReadAllAsync(DatasetFormats.Recognise(_folder.Path, toMeasure: true));
        Assert.Equal([new(FileUri("test/a.jpg"), "grass")], measured.Entries);
        Assert.Contains("Left out 'train', 'validation'.", measured.Remarks);
    }

    [Theory]
    [InlineData("photos.json", "{\"grass\": 1}")]
    [InlineData("package.json", "[]")]
    [InlineData("metadata.csv", "author,year\nme,2026\n")]
    [InlineData("broken.json", "{")]
    public async Task Folder_of_labels_stays_one_whatever_lies_beside_them(string name, string text)
    {
        Write("grass/a.jpg", "moss/b.jpg");
        _folder.Write(name, Encoding.UTF8.GetBytes(text));

        Assert.Equal(["grass", "moss"], (await ReadAllAsync(Datasets.Find(_folder.Path))).Entries.Select(entry => entry.Label));
    }

    [Fact]
    public void Several_exports_in_a_folder_are_told()
    {
        _folder.Write("a.json", """{"labels": {}, "classes": []}"""u8.ToArray());
        _folder.Write("b.json", """{"labels": {}, "classes": []}"""u8.ToArray());

        var error = Assert.Throws<InvalidDatasetException>(() => Datasets.Find(_folder.Path));
        Assert.EndsWith("has several exports: a.json, b.json. Name one of these files.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("coco", """{"labels": {}}""", "is not an export of COCO (format 'coco').")]
    [InlineData("label-studio", "nothing", "is not valid JSON: ")]
    [InlineData(null, """{"a": 1}""", "has no format that is known: Label Studio, COCO, FiftyOne, Azure Custom Vision, a list of photos.")]
    public async Task File_of_another_format_is_refused(string? format, string text, string reason)
    {
        var path = _folder.Write("export.json", Encoding.UTF8.GetBytes(text));

        var error = await Assert.ThrowsAsync<InvalidDatasetException>(
            () => ReadAllAsync(format is null ? Datasets.Find(path) : DatasetFormats.Open(path, format)));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("folder", "file", "is not a folder.")]
    [InlineData("hugging-face", "file", "is not a folder.")]
    [InlineData("manifest", "folder", "is a folder.")]
    [InlineData("fiftyone", "folder", "has no export of FiftyOne.")]
    [InlineData("hugging-face", "folder", "has no metadata.csv or metadata.jsonl of file_name and label.")]
    [InlineData("coco", "nowhere", "There is no file ")]
    public async Task Format_that_a_path_can_not_have_is_refused(string format, string place, string reason)
    {
        Write("file", "folder/label/a.jpg");

        var error = await Assert.ThrowsAsync<InvalidDatasetException>(() => ReadAllAsync(DatasetFormats.Open(Path.Combine(_folder.Path, place), format)));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_that_is_asked_for_over_HTTP_names_no_file_outside_the_allowed_folders()
    {
        var path = _folder.Write("min.json", """[{"image": "/etc/hostname", "label": "x"}]"""u8.ToArray());
        var rules = new SourceRules(IsPublicOnly: true, [_folder.Path]);

        Assert.NotNull(rules.Refuse("file:///etc/hostname", Datasets.Find(path)));
        Assert.Null(rules.Refuse(FileUri("a.jpg"), Datasets.Find(path)));
    }

    [Fact]
    public async Task Deep_or_strange_JSON_is_refused_or_left_out()
    {
        var deep = _folder.Write("deep.json", Encoding.UTF8.GetBytes(new string('[', 10_000)));
        await Assert.ThrowsAsync<InvalidDatasetException>(() => ReadAllAsync(Datasets.Find(deep)));
        var (entries, failures, remarks) = await ReadAsync("strange.json",
            """[{"data": {"image": "https://h/\ud800.jpg"}, "annotations": []}, {"data": {"image": "\u0000"}, "annotations": [1, null, {"result": "x"}, {"result": [{"value": []}, {"value": {"choices": {"a": 1}}}]}]}]""");
        Assert.Empty(entries);
        Assert.Equal("Its data names no image.", Assert.Single(failures).Reason);
        Assert.Contains("Left out 1 image without a label.", remarks);
    }

    [Theory]
    [InlineData("pipe.json")]
    [InlineData("pipe.jsonl")]
    public async Task Pipe_is_not_waited_for(string name)
    {
        var path = Path.Combine(_folder.Path, name);
        using (var shell = Process.Start("mkfifo", [path]))
        {
            await shell.WaitForExitAsync(Token);
        }

        var error = await Assert.ThrowsAsync<InvalidDatasetException>(
            () => Task.Run(() => ExportDataset.Recognise(path), Token).WaitAsync(TimeSpan.FromMinutes(1), Token));

        Assert.Contains("no file but a pipe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_are_not_in_UTF_8_are_refused()
    {
        var path = _folder.Write("latin.jsonl", Encoding.Latin1.GetBytes("{\"file_name\": \"löwenzahn.jpg\", \"label\": \"grass\"}\n"));

        Assert.EndsWith("is not in UTF-8.", Assert.Throws<InvalidDatasetException>(() => ExportDataset.Recognise(path)).Message, StringComparison.Ordinal);
    }

    private void Write(params string[] files)
    {
        foreach (var file in files)
        {
            _folder.Write(file, [1]);
        }
    }

    private string FileUri(string path) => ImageSource.OfFile(Path.Combine(_folder.Path, path));

    private Task<(List<ManifestEntry> Entries, List<IngestionFailure> Failures, List<string> Remarks)> ReadAsync(string name, string json) =>
        ReadAllAsync(Datasets.Find(_folder.Write(name, Encoding.UTF8.GetBytes(json))));

    private static async Task<(List<ManifestEntry> Entries, List<IngestionFailure> Failures, List<string> Remarks)> ReadAllAsync(IDataset dataset)
    {
        var items = await dataset.ReadItemsAsync(Token).ToListAsync(Token);
        return (
            [.. items.Select(item => item.Entry).OfType<ManifestEntry>()],
            [.. items.Select(item => item.Failure).OfType<IngestionFailure>()],
            [.. items.Select(item => item.Remark).OfType<string>()]);
    }
}
