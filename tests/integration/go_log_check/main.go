// Go_log_check checks an export of a log with the packages that Go itself uses for its checksum database.
//
//	GO111MODULE=off go run main.go FOLDER VKEY
//
// It verifies the checkpoint's signature, makes the tree anew from the entry bundles alone, compares its root with the
// signed one and every tile with the file of it, and proves 200 random entries and 200 random earlier sizes from the
// tiles. It prints what it did, or the first thing that is wrong, and then ends with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8   // levels of the tree in a tile
	width  = 256 // hashes in a full tile, entries in a full bundle
	proofs = 200
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: main FOLDER VKEY")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(folder, key string) error {
	tree, err := checkpoint(folder, key)
	if err != nil {
		return err
	}
	hashes, err := rebuilt(folder, tree.N)
	if err != nil {
		return err
	}
	if root, err := tlog.TreeHash(tree.N, hashes); err != nil || root != tree.Hash {
		return fmt.Errorf("the entries give the root %v, signed was %v (%v)", root, tree.Hash, err)
	}
	tiles, err := compared(folder, tree.N, hashes)
	if err != nil {
		return err
	}
	if err := proved(folder, tree, hashes); err != nil {
		return err
	}
	fmt.Printf("%d entries, root %v, %d tiles, %d records and %d trees proved\n", tree.N, tree.Hash, tiles, proofs, proofs)
	return nil
}

// checkpoint returns size and root from the signed note, whose signature was verified.
func checkpoint(folder, key string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	data, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("checkpoint: not origin, size and root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, errors.New("checkpoint: no size")
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, errors.New("checkpoint: no root")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

// stored holds all hashes of a tree in the order that package tlog numbers them.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("there is no hash %d", index)
		}
		found[i] = s[index]
	}
	return found, nil
}

// rebuilt returns the hashes of the tree over the entries, which it reads from the bundles.
func rebuilt(folder string, size int64) (stored, error) {
	var hashes stored
	for start := int64(0); start < size; start += width {
		count := min(width, size-start)
		entries, err := bundle(folder, start/width, count)
		if err != nil {
			return nil, err
		}
		for i, entry := range entries {
			more, err := tlog.StoredHashes(start+int64(i), entry, hashes)
			if err != nil {
				return nil, err
			}
			hashes = append(hashes, more...)
		}
	}
	return hashes, nil
}

// bundle returns the entries of a bundle, each of which has its length before it.
func bundle(folder string, number, count int64) ([][]byte, error) {
	name := "tile/entries/" + numbered(number, count)
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for ; len(data) >= 2; count-- {
		end := 2 + int(binary.BigEndian.Uint16(data))
		if end > len(data) {
			return nil, fmt.Errorf("%s: cut short", name)
		}
		entries, data = append(entries, data[2:end]), data[end:]
	}
	if count != 0 || len(data) != 0 {
		return nil, fmt.Errorf("%s: not as many entries as it must have", name)
	}
	return entries, nil
}

// compared returns how many tiles the tree has, each of which was found to be its file's bytes.
func compared(folder string, size int64, hashes stored) (int, error) {
	count := 0
	for _, tile := range tlog.NewTiles(height, 0, size) {
		length := size >> (height * tile.L)
		if tile.W < width && tile.N*width+int64(tile.W) < length {
			continue // older versions list a partial tile once for each width that it had while it grew
		}
		made, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return 0, err
		}
		found, err := os.ReadFile(filepath.Join(folder, tileName(tile)))
		if err != nil {
			return 0, err
		}
		if !bytes.Equal(made, found) {
			return 0, fmt.Errorf("%s: not the hashes of the entries", tileName(tile))
		}
		count++
	}
	return count, nil
}

// folderTiles reads tiles for package tlog, which authenticates each against the root.
type folderTiles string

func (folderTiles) Height() int                     { return height }
func (folderTiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folderTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), tileName(tile)))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

// proved makes proofs from the tiles and checks them with the entries' own hashes.
func proved(folder string, tree tlog.Tree, hashes stored) error {
	reader := tlog.TileHashReader(tree, folderTiles(folder))
	for i := 0; i < proofs; i++ {
		index := rand.Int63n(tree.N)
		record, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return err
		}
		leaf := hashes[tlog.StoredHashIndex(0, index)]
		if err := tlog.CheckRecord(record, tree.N, tree.Hash, index, leaf); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		earlier := 1 + rand.Int63n(tree.N)
		older, err := tlog.TreeHash(earlier, hashes)
		if err != nil {
			return err
		}
		consistency, err := tlog.ProveTree(tree.N, earlier, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(consistency, tree.N, tree.Hash, earlier, older); err != nil {
			return fmt.Errorf("size %d: %w", earlier, err)
		}
	}
	return nil
}

// tileName is the name of a tile's file: C2SP tlog-tiles leaves out the height, which Go's own names begin with.
func tileName(tile tlog.Tile) string {
	return fmt.Sprintf("tile/%d/%s", tile.L, numbered(tile.N, int64(tile.W)))
}

// numbered writes 1234067 as x001/x234/067, and the width of what is not full behind it.
func numbered(number, count int64) string {
	name := fmt.Sprintf("%03d", number%1000)
	for number /= 1000; number > 0; number /= 1000 {
		name = fmt.Sprintf("x%03d/%s", number%1000, name)
	}
	if count < width {
		name += fmt.Sprintf(".p/%d", count)
	}
	return name
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
